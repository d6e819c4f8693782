/**
 * The peer of the sidecar: the operations of `peer.js` behind a bare Node http server, in the same words on the wire. Takes what an
 * honest client sends and checks nothing else: no limits, no deadlines, no counts.
 *
 *     node benches/bare-server.js SOCKET
 */
import { createServer } from 'node:http';
import { call } from './peer.js';

const server = createServer((request, response) => {
  /** @type {Uint8Array[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const op = request.url?.slice('/v1/'.length) ?? '';
    const input = request.headers['kessai-input'];
    const reply = input === undefined ? call(op, JSON.parse(String(body))) : call(op, JSON.parse(String(input)), body);
    const text = JSON.stringify(reply);
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      .end(text);
  });
});
server.listen(process.argv[2], () => process.stdout.write('listening\n'));
