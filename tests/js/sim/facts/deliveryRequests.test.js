/** How a delivery goes over the wire: BTCPay Server 2.4.1, WebhookSender, by way of .NET's HttpClient. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import https from 'node:https';
import { test } from 'node:test';
import { signatureOf } from '../../../../js/sim/btcpay/payload.js';
import { openWorld, SECRET, START } from '../world.js';

test('the request: headers, bytes and signature as a shop sees them', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  await create({ metadata: { itemDesc: '決済 <&> "x" \u2028', empty: {}, none: [], nothing: null } });
  await sim.idle();
  const [{ method, path, headers, body, event } = assert.fail('nothing was sent')] = shop.received;
  assert.deepEqual([method, path], ['POST', '/hook']);
  assert.equal(headers['content-type'], 'application/json');
  assert.equal(headers['user-agent'], 'BTCPayServer/2.4.1');
  assert.equal(headers['content-length'], String(Buffer.byteLength(body)));
  const digest = createHmac('sha256', Buffer.from(SECRET)).update(Buffer.from(body)).digest('hex');
  assert.equal(headers['btcpay-sig'], `sha256=${digest}`);
  assert.match(body, /^\{\n {2}"deliveryId": "/);
  assert.ok(body.includes('"itemDesc": "決済 <&> \\"x\\" \\u2028"'));
  assert.ok(body.includes('"empty": {},\n    "none": [],\n    "nothing": null\n  }\n}'));
  assert.equal(event.deliveryId, event.originalDeliveryId);
  assert.equal(event.timestamp, START);
});

test('a first attempt uses the address and secret of the event, a redelivery the current ones', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  shop.answers.push(500);
  await create();
  await sim.idle();
  await call('PUT', `/webhooks/${id}`, { url: `${url}/moved`, secret: 'rotated' });
  await sim.advance(10);
  const [first, second] = shop.received;
  assert.deepEqual([first?.path, second?.path], ['/hook', '/hook/moved']);
  assert.equal(first?.headers['btcpay-sig'], signatureOf(SECRET, first?.body ?? ''));
  assert.equal(second?.headers['btcpay-sig'], signatureOf('rotated', second?.body ?? ''));
});

for (const status of [301, 302, 303]) {
  test(`${status} turns the delivery into a GET without body and signature, whose 200 counts`, async (t) => {
    const { sim, shop, create } = await openWorld(t);
    shop.answers.push({ status, location: '/login' });
    await create();
    await sim.idle();
    const [, second] = shop.received;
    assert.deepEqual([second?.method, second?.path, second?.body], ['GET', '/login', '']);
    assert.equal(second?.headers['btcpay-sig'], undefined);
    assert.equal(sim.deliveries.list()[0]?.status, 'HttpSuccess');
  });
}

test('307 repeats the POST with its signature; a redirect elsewhere than loopback fails', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  shop.answers.push({ status: 307, location: '/hook/' });
  await create();
  await sim.idle();
  assert.deepEqual([shop.received[1]?.method, shop.received[1]?.path], ['POST', '/hook/']);
  assert.equal(shop.received[1]?.headers['btcpay-sig'], shop.received[0]?.headers['btcpay-sig']);
  shop.answers.push({ status: 302, location: 'http://shop.example/' });
  await create();
  await sim.idle();
  const [{ status, errorMessage } = assert.fail('not logged')] = sim.deliveries.list();
  assert.equal(status, 'Failed');
  assert.match(errorMessage ?? '', /simulator.*shop\.example/);
});

test('an answer is awaited for a limited time only', async (t) => {
  const { sim, shop, create } = await openWorld(t, { deliveryTimeoutMs: 50 });
  const silent = (await import('node:net')).createServer();
  await new Promise((resolve) => {
    silent.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  t.after(() => silent.close());
  silent.on('connection', (socket) => t.after(() => socket.destroy()));
  const { port } = /** @type {import('node:net').AddressInfo} */ (silent.address());
  sim.webhooks.create(sim.storeId, { url: `http://127.0.0.1:${port}/` });
  await create();
  await sim.idle();
  assert.equal(shop.received.length, 1);
  const failed = sim.deliveries.list().find(({ status }) => status === 'Failed');
  assert.match(failed?.errorMessage ?? '', /canceled .*Timeout/);
});

test('the request has no header that tells the type or the time of the event', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  await create();
  await sim.idle();
  const { headers } = shop.received[0] ?? assert.fail('nothing was sent');
  const names = ['btcpay-sig', 'connection', 'content-length', 'content-type', 'host', 'user-agent'];
  assert.deepEqual(Object.keys(headers).sort(), names);
});

test('the User-Agent names the server’s version since 1.9.2; before, there was none', async (t) => {
  for (const [version, agent] of /** @type {const} */ ([
    ['1.9.1', undefined],
    ['1.9.2', 'BTCPayServer/1.9.2'],
  ])) {
    const { sim, shop, create } = await openWorld(t, { version });
    await create();
    await sim.idle();
    assert.equal(shop.received[0]?.headers['user-agent'], agent);
  }
});

test('the body has no byte order mark and no line end at its end, and other scripts are literal in it', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  await create({ metadata: { itemDesc: '湯呑み 😀' } });
  await sim.idle();
  const { body } = shop.received[0] ?? assert.fail('nothing was sent');
  assert.equal(body.at(0), '{');
  assert.equal(body.at(-1), '}');
  assert.ok(body.includes('"itemDesc": "湯呑み 😀"'));
  assert.ok(!body.includes('\r'));
});

test('the secret is used as text, not decoded from Base58', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const { secret } = (await call('POST', `/stores/${sim.storeId}/webhooks`, { url: `${shop.url}/made` })).json;
  await create();
  await sim.idle();
  const { headers, body } = shop.received.find(({ path }) => path === '/hook/made') ?? assert.fail('nothing was sent');
  const digest = createHmac('sha256', Buffer.from(secret, 'utf8')).update(body).digest('hex');
  assert.equal(headers['btcpay-sig'], `sha256=${digest}`);
});

test('a first attempt that had to wait is still signed and addressed as when its event happened', async (t) => {
  const { sim, shop, call, create } = await openWorld(t);
  const [{ id, url }] = (await call('GET', `/stores/${sim.storeId}/webhooks`)).json;
  shop.answers.push(500);
  const invoice = await create();
  sim.mark(invoice.id, 'Settled');
  await sim.idle();
  await call('PUT', `/webhooks/${id}`, { url: `${url}/moved`, secret: 'rotated' });
  await sim.advance(10);
  const [, again, waited] = shop.received;
  assert.deepEqual([again?.path, again?.event.isRedelivery], ['/hook/moved', true]);
  assert.deepEqual([waited?.path, waited?.event.type], ['/hook', 'InvoiceSettled']);
  assert.equal(waited?.headers['btcpay-sig'], signatureOf(SECRET, waited?.body ?? ''));
});

/** A certificate of its own for 127.0.0.1, good for nothing else. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgF7cXp6OJ1hYYy6JY
Kin7JFQ+kQGLnuvogd0Eww+wPDChRANCAARvrGCrGdLtKnmmHUKAV0SfaFkDY6cG
zGySTK6tAMSn39Wv/xtRZS5p0/w24iQ+XZn/Dh8rtjKxh+gZ/vUIqeg8
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUEuxCzayYMtwj6TrznRh0/LCSmWcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTExMjg1NVoYDzIxMjYxMDI4
MTEyODU1WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARvrGCrGdLtKnmmHUKAV0SfaFkDY6cGzGySTK6tAMSn39Wv/xtRZS5p
0/w24iQ+XZn/Dh8rtjKxh+gZ/vUIqeg8o28wbTAdBgNVHQ4EFgQUO5xGJUhJ6rds
npUDfoF58Xi1z60wHwYDVR0jBBgwFoAUO5xGJUhJ6rdsnpUDfoF58Xi1z60wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARhwR/AAABgglsb2NhbGhvc3QwCgYIKoZI
zj0EAwIDRwAwRAIgfOYMqVWFMtayeLPzn6Vj4OhzzozK3D7FYHiKLJMpmLsCIDLt
cHJeAv9jnQ8Vhwg68GMa9WiOoCSRqMrz1i/knLjl
-----END CERTIFICATE-----`;

/**
 * @param {import('node:test').TestContext} t
 * @param {import('node:http').RequestListener} listener
 */
async function openTls(t, listener) {
  const server = https.createServer({ key: KEY, cert: CERTIFICATE }, listener);
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/hook`;
}

test('a self-signed certificate of a loopback address is taken since 1.6.4, and refused before', async (t) => {
  let requests = 0;
  const url = await openTls(t, (request, response) => {
    requests += 1;
    request.resume();
    response.end();
  });
  for (const [version, status, reached] of /** @type {const} */ ([
    ['1.6.3', 'Failed', 0],
    ['1.6.4', 'HttpSuccess', 1],
  ])) {
    const { sim, create } = await openWorld(t, { version, webhook: { url, secret: SECRET } });
    await create();
    await sim.idle();
    const [delivery] = sim.deliveries.list();
    assert.deepEqual([delivery?.status, requests], [status, reached], version);
  }
});

test('a redirect from https to http is not followed, and its status is the answer', async (t) => {
  const { sim, shop, create } = await openWorld(t);
  const url = await openTls(t, (request, response) => {
    request.resume();
    response.writeHead(302, { Location: shop.url }).end();
  });
  for (const webhook of sim.webhooks.of(sim.storeId)) sim.webhooks.delete(webhook);
  sim.webhooks.create(sim.storeId, { url });
  await create();
  await sim.idle();
  const [delivery] = sim.deliveries.list();
  assert.deepEqual([delivery?.status, delivery?.httpCode, shop.received.length], ['HttpError', 302, 0]);
});
