import { createServer } from 'node:http';

/** @import { AddressInfo } from 'node:net' */

/**
 * Stands between the payment server and the shop: a webhook that comes while the shop is starting waits, where in life it
 * would be refused and come again later.
 * @param {() => Promise<string>} up the shop's address, once it is there
 * @param {{tries: number, copies: number}} options `tries`: how often it brings a webhook under which the shop dies, as a
 *   proxy may, before the server is told; `copies`: how many of each arrive at once
 */
export async function openWire(up, { tries, copies }) {
  const server = createServer(async (request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { 'content-type': type = '', 'btcpay-sig': signature } = request.headers;
    const headers = { 'content-type': type, 'btcpay-sig': String(signature) };
    const carry = async () =>
      fetch((await up()) + request.url, { method: 'POST', headers, body: Buffer.concat(chunks) }).then(
        (answer) => answer.status,
        () => null,
      );
    let status = null;
    for (let tried = 0; status === null && tried < tries; tried++) {
      const answers = await Promise.all(Array.from({ length: copies }, carry));
      status = answers.includes(null) ? null : Math.max(...answers.map(Number));
    }
    if (status === null) request.socket.destroy();
    else response.writeHead(status).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {AddressInfo} */ (server.address());
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
