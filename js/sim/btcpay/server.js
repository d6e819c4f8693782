/** The HTTP side: loopback only, whatever the request claims to be. */
import http from 'node:http';
import { authenticate, authorize } from './access.js';
import { answerWith } from './apiFaults.js';
import { control } from './control.js';
import { ApiError, invalid, unsupportedMediaType } from './errors.js';
import { isObject } from './fields.js';
import { page } from './pages/index.js';
import { Raw } from './raw.js';
import { findRoute, routesOf } from './routes.js';

/** @typedef {import('./simulation.js').Simulation} Simulation */

const LARGEST_BODY = 1024 * 1024;
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * @param {Simulation} sim
 * @param {{ port: number, rootPath: string, redirectSeconds: number | undefined }} options
 * @returns {Promise<http.Server>} listening on 127.0.0.1
 */
export function listen(sim, { port, rootPath, redirectSeconds }) {
  const routes = routesOf(sim.behaviour);
  const server = http.createServer(async (incoming, outgoing) => {
    const answered = await answer(incoming).catch(problem);
    if (answered) send(outgoing, answered, new Date(sim.clock.nowMs()));
  });

  /**
   * @param {http.IncomingMessage} incoming
   * @returns {Promise<Raw | null>} null: a fault leaves the request without an answer
   */
  async function answer(incoming) {
    const host = incoming.headers.host ?? '';
    if (!LOOPBACK_HOST.test(host)) return text(421, 'This simulator answers to localhost, 127.0.0.1 and [::1] only.\n');
    const address = `http://${host}${incoming.url}`;
    if (!incoming.url?.startsWith('/') || !URL.canParse(address)) return text(400, 'Not a path.\n');
    const url = new URL(address);
    const base = url.origin + rootPath;
    const method = incoming.method ?? 'GET';
    const below = url.pathname === rootPath ? '/' : url.pathname.slice(rootPath.length);
    const path = url.pathname.startsWith(rootPath) && below.startsWith('/') ? below : null;
    if (path === null) return unknown(method, url.pathname);
    if (path.startsWith('/api/') || path.startsWith('/misc/')) {
      const fault = sim.faults.take('api', `${method} ${path}`);
      return answerWith(fault, incoming, () => api(incoming, { method, path, url, base }).catch(problem));
    }
    const request = {
      sim,
      method,
      path,
      url,
      base,
      redirectSeconds,
      headers: incoming.headers,
      body: () => readBody(incoming),
    };
    return (await control(request)) ?? (await page(request)) ?? unknown(method, path);
  }

  /**
   * @param {http.IncomingMessage} incoming
   * @param {{ method: string, path: string, url: URL, base: string }} request
   */
  async function api(incoming, { method, path, url, base }) {
    const found = findRoute(routes, method, path);
    return found ? json(await call(found, incoming, url, base)) : unknown(method, path);
  }

  /**
   * @param {{ route: import('./routes.js').Route, params: import('./routes.js').Params }} found
   * @param {http.IncomingMessage} incoming
   * @param {URL} url
   * @param {string} base
   */
  function call({ route: { policy, handler }, params }, incoming, url, base) {
    const key = policy === 'anyone' ? undefined : authenticate(sim, incoming.headers.authorization);
    const store = key && policy !== 'key' ? authorize(sim, key, policy, params) : undefined;
    const body = () => readJson(incoming);
    return handler(/** @type {any} */ ({ sim, params, query: url.searchParams, body, base, key, store }));
  }

  /**
   * @param {string} method
   * @param {string} path
   */
  function unknown(method, path) {
    sim.unknownRoutes.push({ method, path });
    return text(501, `The simulator does not know ${method} ${path}.\n`);
  }

  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/**
 * @param {http.IncomingMessage} incoming
 * @returns {Promise<string>}
 */
async function readBody(incoming) {
  const chunks = [];
  let length = 0;
  for await (const chunk of incoming) {
    length += chunk.length;
    if (length > LARGEST_BODY)
      throw new ApiError(413, { title: 'Payload Too Large', status: 413 }, 'application/problem+json');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * @param {http.IncomingMessage} incoming
 * @returns {Promise<Record<string, unknown>>}
 * @throws {ApiError} 415, 422
 */
async function readJson(incoming) {
  const body = await readBody(incoming);
  const type = incoming.headers['content-type'] ?? '';
  if (!/^\s*((application|text)\/json|application\/[\w.-]+\+json)\s*(;|$)/i.test(type)) throw unsupportedMediaType();
  if (body.trim() === '') throw invalid([{ path: '', message: 'A non-empty request body is required.' }]);
  const document = parse(body);
  if (!isObject(document)) throw invalid([{ path: '', message: 'Expected an object.' }]);
  return document;
}

/** @param {string} body */
function parse(body) {
  try {
    return JSON.parse(body);
  } catch {
    throw invalid([{ path: '', message: 'The body is not valid JSON.' }]);
  }
}

/** @param {unknown} value */
const json = (value) =>
  value instanceof Raw
    ? value
    : new Raw(value === undefined ? '' : JSON.stringify(value), 'application/json; charset=utf-8');

/**
 * @param {number} status
 * @param {string} body
 */
const text = (status, body) => new Raw(body, 'text/plain; charset=utf-8', { status });

/** @param {unknown} error */
function problem(error) {
  if (error instanceof ApiError)
    return new Raw(error.body === undefined ? '' : JSON.stringify(error.body), error.contentType, {
      status: error.status,
    });
  console.error(error);
  return text(500, 'The simulator failed; its own log says why.\n');
}

/**
 * @param {http.ServerResponse} outgoing
 * @param {Raw} answer
 * @param {Date} now
 */
function send(outgoing, { status, body, contentType, headers, afterwards }, now) {
  const type = body === '' ? {} : { 'Content-Type': contentType };
  // What was not read of a body that is refused must not be taken for the next request.
  const close = status === 413 ? { Connection: 'close' } : {};
  const date = { Date: now.toUTCString() };
  outgoing.writeHead(status, { ...type, ...close, ...date, 'Content-Length': Buffer.byteLength(body), ...headers });
  outgoing.end(body, () => afterwards?.());
}
