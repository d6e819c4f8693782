import { createServer } from 'node:http';

/** @import { AddressInfo } from 'node:net' */

/**
 * @typedef {{body: string, headers: Record<string, string>}} Webhook
 * @typedef {(webhook: Webhook) => Promise<number | null>} Carrier the shop's answer; null where there was none
 */

/**
 * Stands between the payment server and the shop, so that every webhook can be seen on its way. It adds nothing and takes
 * nothing away.
 * @param {Carrier} carry
 * @returns {Promise<{origin: string, close: () => Promise<void>}>}
 */
export async function openWire(carry) {
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { 'content-type': type = '', 'btcpay-sig': signature } = request.headers;
    const headers = { 'content-type': type, 'btcpay-sig': String(signature) };
    const status = await carry({ body: Buffer.concat(chunks).toString('utf8'), headers });
    if (status === null) request.socket.destroy();
    else response.writeHead(status).end();
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const { port } = /** @type {AddressInfo} */ (server.address());
  const close = async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  };
  return { origin: `http://127.0.0.1:${port}`, close };
}
