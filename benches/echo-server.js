/**
 * The peer of a round trip: a Node http server that answers a request with its own body, so that what is left is the way there and back.
 *
 *     node benches/echo-server.js SOCKET
 */
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  /** @type {Uint8Array[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    // What the client looks at in a reply of the sidecar.
    const versions = { 'kessai-version': '0.0.0', 'kessai-ops': '0' };
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, ...versions })
      .end(body);
  });
});
server.listen(process.argv[2], () => process.stdout.write('listening\n'));
