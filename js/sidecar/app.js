import { Hono } from 'hono';
import { readBody } from './body.js';
import { versionsOf } from './description.js';
import { deadlineOf } from './limits.js';
import { Refusal } from './refusal.js';

/** @import { Context } from 'hono' */
/** @import { Log } from '../log.js' */
/** @import { Gate } from './limits.js' */
/** @import { Metrics } from './metrics.js' */
/** @import { Tell } from './refusal.js' */
/** @import { Answered, Steps } from './steps.js' */

/**
 * The server as a fetch handler: routes, and what comes before and after them.
 * @param {object} parts
 * @param {Steps} parts.steps
 * @param {Gate} parts.gate
 * @param {(authorization: string | null) => boolean} parts.isWelcome
 * @param {Metrics} parts.metrics
 * @param {Log} parts.log
 * @param {Tell} parts.tell
 * @param {() => boolean} parts.isReady
 * @param {Record<string, any>} parts.description
 * @param {number} parts.deadlineMs the most for one request with all that is sent because of it
 */
export function createApp({ steps, gate, isWelcome, metrics, log, tell, isReady, description, deadlineMs }) {
  const app = new Hono();
  const versions = Object.entries(versionsOf(description));
  /** Whether an operation answers one step, by operation: its record is its host's to lock and to commit. */
  const isStep = new Map(
    Object.entries(description.paths).flatMap(([path, { post }]) =>
      path.startsWith('/v1/') && !path.startsWith('/v1/pure/') ? [[path.slice(4), Boolean(post['x-kessai-step'])]] : [],
    ),
  );

  app.use(async (c, next) => {
    await next();
    c.header('cache-control', 'no-store');
    c.header('x-content-type-options', 'nosniff');
    for (const [name, value] of versions) c.header(name, value);
    if (gate.isStopping) c.header('connection', 'close');
  });

  app.get('/healthz', (c) => c.text('ok'));
  app.get('/readyz', (c) => (!gate.isStopping && isReady() ? c.text('ok') : c.text('not ready', 503)));

  app.use(async (c, next) => {
    if (!isWelcome(c.req.raw.headers.get('authorization'))) throw new Refusal('sidecar.unauthorized');
    await next();
  });

  app.get('/metrics', (c) =>
    c.body(metrics.text({ inFlight: gate.inFlight, version: description.info.version }), 200, {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
    }),
  );
  app.get('/openapi.json', (c) => c.json(description));

  app.post('/v1/*', (c) =>
    gate.pass(async () => {
      const began = performance.now();
      const { op, isPure } = routeOf(new URL(c.req.raw.url).pathname);
      const deadline = deadlineOf(c.req.raw.headers.get('kessai-timeout-ms'), deadlineMs);
      const { text, raw } = await readBody(c.req.raw, deadline);
      const { body, outcome } = await answer({ op, isPure, text, raw, deadline });
      metrics.request({ op: isStep.has(op) ? op : 'unknown', outcome, ms: performance.now() - began });
      // An input in sheets is answered in sheets, which are no JSON together.
      const type = body.includes('\x1e') ? 'application/octet-stream' : 'application/json';
      return c.body(body, 200, { 'content-type': type });
    }),
  );

  /**
   * @param {{ op: string, isPure: boolean, text: string, raw: Uint8Array | undefined, deadline: number }} asked
   * @returns {Answered | Promise<Answered>}
   */
  function answer({ op, isPure, text, raw, deadline }) {
    if (op === 'send' && !isPure) return steps.sendAll(text, deadline);
    if (!isStep.has(op)) return steps.unknown(op, text, raw);
    return isPure || isStep.get(op) ? steps.step(op, text, raw) : steps.whole(op, text, raw, deadline);
  }

  app.notFound((c) => refuse(new Refusal('sidecar.noRoute'), c));
  app.onError(refuse);

  /** @param {Error} error @param {Context} c */
  function refuse(error, c) {
    const refusal = error instanceof Refusal ? error : new Refusal('sidecar.failed');
    metrics.refusal(refusal.code);
    // Its message could hold anything.
    if (refusal !== error) log.error?.('kessai: sidecar failed', { name: error.name, at: placeOf(error) });
    else log.info?.('kessai: sidecar refused', { code: refusal.code, status: refusal.status });
    const headers = new Headers({ 'content-type': 'application/json' });
    if (refusal.status === 401) headers.set('www-authenticate', 'Bearer');
    if (refusal.status === 503) headers.set('retry-after', '1');
    // Whatever of a body is still to come is read by nobody.
    if (refusal.status !== 404) headers.set('connection', 'close');
    const body = tell(refusal, c.req.raw.headers.get('accept-language') ?? undefined);
    return new Response(JSON.stringify(body), { status: refusal.status, headers });
  }

  return app;
}

/**
 * The operation of a path. Nothing is decoded: no operation's name needs it.
 * @param {string} path
 * @throws {Refusal}
 */
function routeOf(path) {
  const [, pure, op] = /^\/v1\/(pure\/)?([A-Za-z.]{0,64})$/.exec(path) ?? [];
  if (op === undefined) throw new Refusal('sidecar.noRoute');
  return { op, isPure: pure !== undefined };
}

/**
 * Where in the code an error arose: the lines of its stack without its message.
 * @param {Error} error
 */
const placeOf = (error) =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8);
