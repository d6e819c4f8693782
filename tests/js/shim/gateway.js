import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * A loopback server for one test, with the requests it saw.
 * @param {import('node:test').TestContext} t
 * @param {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, count: number) => void} answer
 * @param {(listener: import('node:http').RequestListener) => import('node:http').Server} [create]
 */
export async function gateway(t, answer, create = createServer) {
  /** @type {import('node:http').IncomingMessage[]} */
  const seen = [];
  const server = create((request, response) => answer(request, response, seen.push(request)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  t.after(close);
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${port}`, port, seen, close };
}
