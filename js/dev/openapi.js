/** @import { Catalogue, Schema } from './schema.js' */

/** Operations that read a body as it came off the wire. */
const RAW = ['btcpay.readAuthorization', 'btcpay.readWebhook', 'btcpay.signWebhook'];

/**
 * The OpenAPI 3.1 description of the sidecar, but for its version, which the server knows.
 * @param {Catalogue & { version?: number, reply?: Record<string, Schema> }} catalogue
 * @returns {Record<string, any>}
 */
export function openapiFrom({ version, ops, definitions = {}, reply = {} }) {
  const schemas = /** @type {Record<string, Schema>} */ (relocated({ ...definitions, ...repliesOf(reply) }));
  const paths = Object.entries(ops).flatMap(([op, { input, ok }]) => {
    const isStep = hasRecord(relocated(input), schemas);
    const body = bodyOf(op, relocated(input));
    return [
      [`/v1/${op}`, { post: operation(op, body, isStep ? stepReply(relocated(ok)) : endReply(relocated(ok)), isStep) }],
      [`/v1/pure/${op}`, { post: operation(`pure.${op}`, body, stepReply(relocated(ok)), true) }],
    ];
  });
  return {
    openapi: '3.1.0',
    info: {
      title: 'kessai sidecar',
      version: '0',
      'x-kessai-ops': version,
      description: 'docs/manual/sidecar.md tells how a shop uses it; docs/manual/protocol.md what each operation does.',
      license: { name: 'MIT OR Apache-2.0', identifier: 'MIT OR Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }],
    paths: { ...Object.fromEntries(paths), ...stepPaths(), ...ownPaths() },
    components: {
      schemas,
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Of --token-file.' } },
      parameters: {
        Timeout: {
          name: 'kessai-timeout-ms',
          in: 'header',
          description:
            'For this request with all that is sent because of it; at most what the server was started with.',
          schema: { type: 'integer', minimum: 1 },
        },
        Input: {
          name: 'kessai-input',
          in: 'header',
          description: 'Where the body is the raw bytes: the input as JSON in ASCII.',
          schema: { type: 'string' },
        },
      },
      responses: { Refused: { description: 'Refused by the server, before the core was asked.', content: json(ERR) } },
    },
  };
}

/** @param {string} name */
const ref = (name) => ({ $ref: `#/components/schemas/${name}` });

/** @param {Schema | boolean} schema */
const json = (schema) => ({ 'application/json': { schema } });

const REFUSED = { $ref: '#/components/responses/Refused' };

const ERR = { type: 'object', properties: { err: ref('ToldError') }, required: ['err'] };

/**
 * What goes with every answer of the core that has a record.
 * @param {Record<string, Schema>} reply
 */
function repliesOf({ effect, then, request, response }) {
  return {
    Commit: {
      description: 'What is to be stored and done in one transaction, before anything is sent.',
      type: 'object',
      properties: { save: { type: 'string' }, effects: { type: 'array', items: effect ?? {} } },
    },
    NeedsNetwork: {
      description:
        'The requests to send once all else is committed, and what to hand to `resume` with their responses.',
      type: 'object',
      // biome-ignore lint/suspicious/noThenProperty: its name on the wire
      properties: { send: { type: 'array', items: request ?? {} }, then: then ?? {} },
      required: ['send', 'then'],
    },
    Responses: {
      type: 'object',
      properties: { responses: { type: 'array', items: response ?? {} } },
      required: ['responses'],
    },
    ResumeInput: {
      type: 'object',
      properties: {
        // biome-ignore lint/suspicious/noThenProperty: its name on the wire
        then: then ?? {},
        responses: { type: 'array', items: response ?? {} },
        input: { type: 'object', description: 'The first input again, with record, shop and now as they are now.' },
      },
      required: ['then', 'responses', 'input'],
    },
  };
}

/** @param {Schema | boolean} ok */
const endReply = (ok) => ({ oneOf: [{ type: 'object', properties: { ok }, required: ['ok'] }, ERR] });

/** @param {Schema | boolean} ok */
const stepReply = (ok) => ({
  allOf: [
    ref('Commit'),
    { oneOf: [{ type: 'object', properties: { ok }, required: ['ok'] }, ERR, ref('NeedsNetwork')] },
  ],
});

/**
 * @param {string} op
 * @param {Schema} input
 */
function bodyOf(op, input) {
  if (!RAW.includes(op)) return json(input);
  const rawBase64 = { type: 'string', contentEncoding: 'base64', description: 'The raw bytes.' };
  const octets = { 'application/octet-stream': { schema: {} } };
  return { ...json({ allOf: [input, { type: 'object', properties: { rawBase64 } }] }), ...octets };
}

/**
 * @param {string} operationId
 * @param {Record<string, any>} content of the request
 * @param {Schema} reply
 * @param {boolean} isStep whether it answers one step, and leaves sending to a call of its own
 */
function operation(operationId, content, reply, isStep) {
  const parameters = ['Timeout', ...(content['application/octet-stream'] ? ['Input'] : [])];
  return {
    operationId,
    'x-kessai-step': isStep,
    parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    requestBody: { required: true, content },
    responses: {
      200: { description: 'What the core answers.', content: json(reply) },
      default: REFUSED,
    },
  };
}

function stepPaths() {
  const resume = () => stepReply({});
  return {
    '/v1/resume': { post: operation('resume', json(ref('ResumeInput')), resume(), true) },
    '/v1/pure/resume': { post: operation('pure.resume', json(ref('ResumeInput')), resume(), true) },
    '/v1/send': {
      post: operation(
        'send',
        json({ type: 'object', properties: { send: { type: 'array' } }, required: ['send'] }),
        ref('Responses'),
        false,
      ),
    },
  };
}

function ownPaths() {
  const text = (/** @type {string} */ description) => ({ description, content: { 'text/plain': { schema: {} } } });
  const get = (/** @type {string} */ operationId, /** @type {object} */ responses) => ({
    get: { operationId, responses },
  });
  return {
    '/healthz': get('healthz', { 200: text('The process lives.') }),
    '/readyz': get('readyz', {
      200: text('The core answers.'),
      503: text('It is stopping, or the core does not answer.'),
    }),
    '/metrics': get('metrics', { 200: text("Prometheus' text format."), 401: REFUSED }),
    '/openapi.json': get('openapi', { 200: { description: 'This.', content: json({}) }, 401: REFUSED }),
  };
}

/**
 * Whether an operation reads a record, which its host must hold under a lock.
 * @param {Schema} input
 * @param {Record<string, Schema>} schemas
 */
function hasRecord(input, schemas) {
  const name =
    String(input.$ref ?? '')
      .split('/')
      .pop() ?? '';
  return 'record' in ((schemas[name] ?? input).properties ?? {});
}

/**
 * The same with every reference as OpenAPI has it.
 * @param {any} schema
 * @returns {any}
 */
function relocated(schema) {
  if (Array.isArray(schema)) return schema.map(relocated);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [
      key,
      key === '$ref' ? String(value).replace(/^#\/(\$defs|definitions)\//, '#/components/schemas/') : relocated(value),
    ]),
  );
}
