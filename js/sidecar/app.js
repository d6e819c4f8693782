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

const TEXT = { 'content-type': 'text/plain; charset=UTF-8' };
const JSON_TYPE = { 'content-type': 'application/json' };

/**
 * The server as a fetch handler: routes, and what comes before and after them.
 * @param {object} parts
 * @param {Steps} parts.steps
 * @param {Gate} parts.gate
 * @param {((authorization: string | null) => boolean) | undefined} parts.isWelcome undefined where the socket's own permissions decide
 * @param {Metrics} parts.metrics
 * @param {Log} parts.log
 * @param {Tell} parts.tell
 * @param {() => boolean} parts.isReady
 * @param {Record<string, any>} parts.description
 * @param {number} parts.deadlineMs the most for one request with all that is sent because of it
 */
export function createApp({ steps, gate, isWelcome, metrics, log, tell, isReady, description, deadlineMs }) {
  const app = new Hono();
  const everywhere = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', ...versionsOf(description) };
  /** Whether an operation answers one step, by operation: its record is its host's to lock and to commit. */
  const isStep = new Map(
    Object.entries(description.paths).flatMap(([path, { post }]) =>
      path.startsWith('/v1/') && !path.startsWith('/v1/pure/') ? [[path.slice(4), Boolean(post['x-kessai-step'])]] : [],
    ),
  );

  /**
   * Every answer there is. Its headers stay a plain object, which the server takes as it is.
   * @param {string} body
   * @param {number} status
   * @param {Record<string, string>} headers
   */
  function reply(body, status, headers) {
    const all = { ...everywhere, ...headers };
    return new Response(body, { status, headers: gate.isStopping ? { ...all, connection: 'close' } : all });
  }

  app.get('/healthz', () => reply('ok', 200, TEXT));
  app.get('/readyz', () => (!gate.isStopping && isReady() ? reply('ok', 200, TEXT) : reply('not ready', 503, TEXT)));

  if (isWelcome) {
    app.use(async (c, next) => {
      if (!isWelcome(c.req.raw.headers.get('authorization'))) throw new Refusal('sidecar.unauthorized');
      await next();
    });
  }

  app.get('/metrics', () => {
    const text = metrics.text({ inFlight: gate.inFlight, version: description.info.version });
    return reply(text, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  });
  app.get('/openapi.json', () => reply(JSON.stringify(description), 200, JSON_TYPE));

  app.post('/v1/*', (c) =>
    gate.pass(async () => {
      const began = performance.now();
      const { op, isPure } = routeOf(new URL(c.req.raw.url).pathname);
      const deadline = deadlineOf(c.req.raw.headers.get('kessai-timeout-ms'), deadlineMs);
      const { text, raw } = await readBody(c.req.raw, deadline);
      const { body, outcome } = await answer({ op, isPure, text, raw, deadline });
      metrics.request({ op: isStep.has(op) ? op : 'unknown', outcome, ms: performance.now() - began });
      // An input in sheets is answered in sheets, which are no JSON together.
      return reply(body, 200, body.includes('\x1e') ? { 'content-type': 'application/octet-stream' } : JSON_TYPE);
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
    const { status } = refusal;
    const told = tell(refusal, c.req.raw.headers.get('accept-language') ?? undefined);
    return reply(JSON.stringify(told), status, {
      ...JSON_TYPE,
      ...(status === 401 && { 'www-authenticate': 'Bearer' }),
      ...(told.err.retryAfter !== undefined && { 'retry-after': String(told.err.retryAfter) }),
      // Whatever of a body is still to come is read by nobody. Who is to come again may as well stay.
      ...(status !== 404 && status !== 503 && { connection: 'close' }),
    });
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
