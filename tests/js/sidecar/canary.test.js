/** What must not be told is a canary, in every operation there is, at a gateway that repeats all it hears. */
import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { Canaries } from '../shim/canaries.js';
import { gateway } from '../shim/gateway.js';
import { INPUTS, sampleOf } from '../shim/inputTypes.js';
import { serving } from './serving.js';

const NOW = 1_792_900_000;

/** What a member must be for an operation to go on. @type {Record<string, any>} */
const NEEDED = {
  'order.id': '1001',
  'order.total': '2400',
  'order.currency': 'JPY',
  'order.rate': undefined,
  'order.digits': undefined,
  'order.lines': undefined,
  'order.rounding': undefined,
  'order.language': 'en',
  'order.paymentMethods': undefined,
  'order.taxIncluded': undefined,
  orderId: '1001',
  invoiceId: 'Ab3kQm7RtYw2ZxN5cVhJ8p',
  language: 'en',
  now: NOW,
  record: null,
  message: undefined,
  viaOnion: undefined,
  'shop.status': 'awaiting',
  'shop.method': 'btcpay',
  statuses: undefined,
  random: 'ab'.repeat(16),
};

for (const op of Object.keys(INPUTS)) {
  test(`${op} tells no canary in logs and metrics`, async (t) => {
    const canaries = new Canaries((core) => `${core} <"é&'決済+/">`);
    let status = 400;
    const { url, seen } = await gateway(t, async (request, response) => {
      const said = `${request.url} ${JSON.stringify(request.headers)} ${await text(request)}`;
      const body = { code: 'some-code', message: said, missingPermission: said, id: said, amount: said, [said]: said };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    const { post, ask, lines } = await serving(t, { origins: [url], logLevel: 'debug', tokens: ['t'.repeat(40)] });
    const bearer = { authorization: `Bearer ${'t'.repeat(40)}` };
    canaries.add('t'.repeat(40), 'the token');
    const secret = (/** @type {string} */ what) => canaries.bare(what).padEnd(40, '0');
    const settings = {
      serverUrl: url,
      apiKey: secret('apiKey'),
      storeId: 'store',
      shopId: 'canaries',
      shopKey: secret('shopKey'),
      webhookSecrets: [{ name: 'main', secret: secret('webhook secret') }],
      customerData: { email: true, name: true },
    };
    const sample = (/** @type {string} */ path) => {
      if (path === 'settings') return { value: settings };
      return path in NEEDED ? { value: NEEDED[path] } : undefined;
    };
    const wanted = INPUTS[op];
    assert.ok(wanted);
    const input = sampleOf(wanted, sample, (path) =>
      /[uU]rl$/.test(path) ? `https://${canaries.bare(path)}.example/` : canaries.make(path),
    );
    const rawBase64 = Buffer.from(canaries.make('raw')).toString('base64');
    const wrong = `${canaries.bare('a value in the wrong place')}@shop.example`;
    const inputs = [
      input,
      { ...input, rawBase64 },
      { ...input, [canaries.bare('a misspelt member')]: 1 },
      { ...input, orderId: wrong, invoiceId: wrong, settings: { ...settings, serverUrl: wrong } },
      { ...input, record: JSON.stringify({ v: 1, [wrong]: wrong }) },
      { ...input, record: wrong },
      `${JSON.stringify(input)} ${wrong}`,
    ];
    let answers = 0;
    for (status of [400, 401, 403, 404, 422, 500, 200]) {
      for (const one of inputs) {
        const { json } = await post(`/v1/${op}`, one, bearer);
        answers += 1;
        await post(`/v1/pure/${op}`, one, bearer);
        if (!json.send) continue;
        const sent = await post('/v1/send', { send: json.send }, bearer);
        // biome-ignore lint/suspicious/noThenProperty: the protocol's name
        await post('/v1/resume', { then: json.then, responses: sent.json.responses, input: one }, bearer);
      }
    }
    // Letters only, as the names of operations are.
    const route = 'cnryrouteqz';
    canaries.add(route, 'a route');
    for (const path of [`/v1/${route}`, `/v1/pure/${route}`]) await post(path, input, bearer);
    await ask(`/v1/order.timeline?${canaries.bare('a query')}`, {
      headers: { ...bearer, cookie: canaries.bare('a cookie'), 'accept-language': canaries.bare('a language') },
    });
    await post('/v1/send', { send: [{ ...input, url: wrong }] }, bearer);
    await post(`/v1/${op}`, input, { authorization: `Bearer ${canaries.bare('a wrong token')}` });
    const metrics = (await ask('/metrics', { headers: bearer })).text;

    assert.ok(answers > 0 && lines.length > 20 && metrics.length > 500);
    assert.ok(lines.every((line) => !line.includes('could not be shown')));
    assert.deepEqual(canaries.in(metrics), [], metrics);
    const telling = lines.filter((line) => canaries.in(line).length > 0);
    assert.deepEqual(telling, []);
    if (op === 'btcpay.createInvoice') assert.ok(seen.length > 5);
  });
}
