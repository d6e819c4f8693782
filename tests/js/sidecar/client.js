import { Agent, request as send } from 'node:http';
import { text } from 'node:stream/consumers';

/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string, json: any }} Answer */
/** @typedef {{ method?: string, headers?: Record<string, string>, body?: string | Uint8Array }} How */

/**
 * A client of the sidecar, or of what stands before it, which keeps its connections and tries nothing again.
 * @param {string} path of the socket
 * @param {{ after: (work: () => void) => void }} t
 */
export function createClient(path, t) {
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());

  /**
   * @param {string} route
   * @param {How} [how]
   * @returns {Promise<Answer>}
   */
  const ask = (route, { method, headers, body } = {}) =>
    new Promise((resolve, reject) => {
      const options = { socketPath: path, agent, path: route, method: method ?? (body === undefined ? 'GET' : 'POST') };
      const asking = send({ ...options, headers: { ...headers } }, async (response) => {
        try {
          const said = await text(response);
          const isJson = response.headers['content-type'] === 'application/json';
          const { statusCode = 0 } = response;
          resolve({
            status: statusCode,
            headers: response.headers,
            text: said,
            json: isJson ? JSON.parse(said) : undefined,
          });
        } catch (error) {
          reject(error);
        }
      });
      asking.on('error', reject);
      asking.end(body);
    });

  return {
    ask,
    /** @param {string} route @param {unknown} input @param {Record<string, string>} [headers] */
    post: (route, input, headers) =>
      ask(route, {
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof input === 'string' ? input : JSON.stringify(input),
      }),
  };
}
