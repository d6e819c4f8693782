/** What must not be told is a canary, in every operation there is; and none is found in anything that is logged or thrown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Canaries } from './canaries.js';
import { INPUTS } from './inputTypes.js';
import { DRESSES, ORDER, open, outcomeOf, seen } from './watched.js';

/** @import { Watched } from './watched.js' */

/** A body that no shop should log, beside which nothing else is needed. */
const RAW = ['btcpay.readWebhook', 'btcpay.signWebhook', 'btcpay.readAuthorization'];

/**
 * What must have happened before an operation can succeed, and what its input needs of it; the rest comes from its type. An
 * operation that is not here is called with a paid order.
 * @type {Record<string, (world: Watched, canaries: Canaries) => Promise<object | undefined>>}
 */
const BEFORE = {
  'btcpay.createInvoice': async () => undefined,
  'btcpay.listInvoices': async (world) => void (await world.place()),
  'btcpay.closeInvoice': async (world) => void (await world.place()),
  'btcpay.markInvoice': async (world) => void (await world.place()),
  'btcpay.refundInvoice': async (world) => {
    await world.pay();
    return {
      kind: 'custom',
      amount: '1000',
      currency: 'JPY',
      feePercent: undefined,
      payoutMethod: 'BTC-LN',
      via: undefined,
    };
  },
  'order.reconcile': async (world) => {
    await world.pay();
    return { orders: [{ orderId: ORDER, record: world.row.record }] };
  },
  'order.erase': async (world) => {
    await world.sim.expire(await world.place());
    await world.clock.advance(2 * 86_400);
    await world.kessai.order.apply({ orderId: ORDER, check: true });
    return undefined;
  },
  'btcpay.authorizeUrl': async (world, canaries) => authorization(world, canaries),
  'btcpay.readAuthorization': async (world, canaries) => {
    const { url, connection } = await world.kessai.btcpay.authorizeUrl(authorization(world, canaries));
    const state = new URL(new URL(url).searchParams.get('redirect') ?? '').searchParams.get('state') ?? '';
    canaries.add(state, 'the state of an authorization');
    return { connection, state };
  },
  'btcpay.openAuthorization': async (world, canaries) => {
    const asked = authorization(world, canaries);
    const { url, connection } = await world.kessai.btcpay.authorizeUrl(asked);
    const state = new URL(new URL(url).searchParams.get('redirect') ?? '').searchParams.get('state');
    const parked = await world.kessai.btcpay.readAuthorization({ connection, state }, keyForm(world, canaries));
    return { connection: parked.connection, session: asked.session };
  },
  'btcpay.checkConnection': async ({ settings: { serverUrl, apiKey, storeId } }) => ({ serverUrl, apiKey, storeId }),
  'btcpay.registerWebhook': async (_, canaries) => ({
    ...webhookUrl(canaries),
    webhookId: undefined,
    moved: undefined,
  }),
  'btcpay.deleteWebhook': async (world, canaries) => {
    const { url } = webhookUrl(canaries);
    await world.kessai.btcpay.registerWebhook({ url });
    return { url };
  },
  'doctor.run': async (world, canaries) => {
    const { url } = webhookUrl(canaries);
    const { webhookId } = await world.kessai.btcpay.registerWebhook({ url });
    return { callbackUrl: url, webhookId, parts: [{ name: 'php', version: '1.0' }] };
  },
  'checkout.verifyReturn': async (world, canaries) => {
    const { token } = await world.kessai.checkout.signReturn({ orderId: ORDER, purpose: 'return' });
    canaries.add(token, 'a token');
    return { token };
  },
};

/** @param {Canaries} canaries */
const webhookUrl = (canaries) => ({ url: `http://127.0.0.1:9/?shop=${canaries.bare('the address of webhooks')}` });

/** What the merchant is asked. @param {Watched} world @param {Canaries} canaries */
const authorization = ({ settings: { serverUrl } }, canaries) => ({
  serverUrl,
  applicationName: canaries.make('applicationName'),
  applicationIdentifier: canaries.bare('applicationIdentifier'),
  callbackUrl: `https://shop.example/?from=${canaries.bare('callbackUrl')}`,
  session: canaries.make('session').padEnd(40, '-'),
});

/** What the server's page sends. @param {Watched} world @param {Canaries} canaries */
function keyForm({ settings }, canaries) {
  const user = canaries.bare('the user of a key');
  return new URLSearchParams({ apiKey: settings.apiKey, userId: user, [canaries.bare('a field')]: user }).toString();
}

/**
 * @param {Watched} world
 * @param {string} op
 * @param {any} input
 * @param {Canaries} canaries
 * @returns {() => Promise<any>}
 */
function callOf(world, op, input, canaries) {
  const { kessai, settings } = world;
  if (op === 'error.tell') return async () => kessai.call(op, input);
  const [domain = '', verb = ''] = op.split('.');
  const perform = /** @type {any} */ (kessai)[domain]?.[verb];
  assert.ok(perform, `${op} is no function of kessai: js/api.js`);
  if (op === 'order.reconcile') {
    return async () => {
      for await (const found of kessai.order.reconcile(input?.orders ?? [], { all: true }))
        if ('error' in found) throw found.error;
    };
  }
  if (!RAW.includes(op)) return () => perform(input);
  if (op === 'btcpay.readAuthorization') return () => perform(input, keyForm(world, canaries));
  const { body, header, value } = delivery(kessai, settings, canaries);
  return () =>
    perform(op === 'btcpay.readWebhook' ? { ...input, headers: { ...input?.headers, [header]: value } } : input, body);
}

/**
 * A signed webhook, with whatever a server's plugins may put into it.
 * @param {Watched['kessai']} kessai
 * @param {any} settings
 * @param {Canaries} canaries
 */
function delivery(kessai, settings, canaries) {
  const payment = {
    id: canaries.bare('payment'),
    destination: canaries.make('destination'),
    value: '0.1',
    receivedDate: 1_792_900_000,
    status: 'Settled',
  };
  const metadata = {
    orderId: ORDER,
    buyerEmail: canaries.make('buyerEmail'),
    [canaries.make('name in metadata')]: canaries.make('metadata'),
  };
  const ids = {
    deliveryId: 'd1',
    originalDeliveryId: 'd1',
    webhookId: 'w1',
    storeId: settings.storeId,
    invoiceId: 'Ab3kQm7RtYw2ZxN5cVhJ8p',
  };
  const event = {
    type: 'InvoicePaymentSettled',
    timestamp: 1_792_900_000,
    paymentMethodId: 'BTC-LN',
    payment,
    metadata,
    ...ids,
  };
  const body = JSON.stringify({
    ...event,
    [canaries.make('name of an unknown member')]: canaries.make('unknown member'),
  });
  const { header, value } = /** @type {any} */ (
    kessai.call('btcpay.signWebhook', { secret: settings.webhookSecrets[0].secret }, body).ok
  );
  canaries.add(value, 'a signature');
  return { body, header, value };
}

/**
 * How a server can fail, each time saying all it was told.
 * @type {Record<string, (echo: string, init: any) => Promise<Response>>}
 */
const FAILURES = {
  'no answer': async (echo) => {
    throw Object.assign(new TypeError(`fetch failed: ${echo}`), { cause: new Error(echo) });
  },
  ...Object.fromEntries(
    [400, 401, 403, 404, 409, 422, 429, 500, 503].map((status) => [
      String(status),
      async (echo) => Response.json({ code: 'some-code', message: echo, missingPermission: echo }, { status }),
    ]),
  ),
  '422 with fields': async (echo) =>
    Response.json(
      [
        { path: 'currency', message: echo },
        { path: echo, message: echo },
      ],
      { status: 422 },
    ),
  'a cut message': async (echo, { headers }) =>
    Response.json(
      { code: 'some-code', message: `${'x '.repeat(135)}${headers.authorization} ${echo}` },
      { status: 400 },
    ),
  'encoded messages': async (echo) => {
    const message = [encodeURIComponent(echo), JSON.stringify(echo), Buffer.from(`x${echo}`).toString('base64')].join(
      ' ',
    );
    return Response.json({ code: 'some-code', message: message.slice(0, 290) }, { status: 400 });
  },
  'a redirect': async (echo) =>
    new Response(null, { status: 302, headers: { location: `https://elsewhere.example/${encodeURIComponent(echo)}` } }),
  'a page': async (echo) => new Response(`<h1>${echo}</h1>`, { status: 200, headers: { 'content-type': 'text/html' } }),
  'half a document': async (echo) =>
    new Response(`{"id":${JSON.stringify(echo)}`, { headers: { 'content-type': 'application/json' } }),
  'another document': async (echo) =>
    Response.json({ [echo]: echo, id: echo, status: echo, storeId: echo, amount: echo, message: echo }),
};

for (const [dress, dressed] of Object.entries(DRESSES)) {
  for (const op of Object.keys(INPUTS)) {
    test(`${op} tells no canary, ${dress}`, async (t) => {
      const canaries = new Canaries(dressed);
      /** @type {any[][]} */
      const lines = [];
      const write = (/** @type {any[]} */ ...args) => void lines.push(args);
      // As many loggers do: one takes fields, the other what stderr gets.
      const world = await open(
        t,
        canaries,
        dress === 'plain' ? { debug: write, info: write, error: write } : undefined,
      );
      t.mock.method(console, 'error', write);
      const streams = [process.stdout, process.stderr].map((stream) => t.mock.method(stream, 'write'));
      const written = () => streams.flatMap(({ mock }) => mock.calls.map(({ arguments: args }) => String(args[0])));
      /** @returns {string[]} the messages since the last time */
      const clean = (/** @type {string} */ when, /** @type {unknown[]} */ thrown = []) => {
        const since = lines.splice(0);
        // Its own address is told to the shop, and is not for the log.
        const told = canaries.in(thrown).filter((what) => what !== 'the address of webhooks');
        const found = [...canaries.in([since, written()]), ...told];
        assert.ok(!inspect(since, { depth: 9 }).includes('could not be shown'), when);
        assert.deepEqual(found, [], `${when}: ${inspect([since, thrown], { depth: 9 }).slice(0, 8000)}`);
        return since.map(([message]) => String(message));
      };

      const instead = await (BEFORE[op] ?? ((one) => one.pay()))(world, canaries);
      clean('before');
      const input = world.inputOf(op, instead ?? {});
      const before = { row: structuredClone(world.row), requests: world.requests() };

      const { ok, error } = await outcomeOf(callOf(world, op, input, canaries));
      assert.equal(
        error,
        undefined,
        `${op} fails with these canaries: give it what it needs in ${import.meta.filename}`,
      );
      for (const bearer of ['claimLink', 'checkoutLink', 'refundId', 'token', 'connection']) {
        if (ok?.[bearer]) canaries.add(ok[bearer], bearer);
      }
      const told = clean('success');
      assert.ok(
        told.some((line) => line.includes(`kessai: ${op} begin`)),
        `${op} was not logged`,
      );
      const asked = world.requests() - before.requests;
      assert.equal(told.filter((line) => / request\b/.test(line)).length, asked);
      assert.equal(told.filter((line) => / reply\b/.test(line)).length, asked);

      const secrets = [
        world.settings.apiKey,
        world.settings.shopKey,
        world.settings.webhookSecrets[0].secret,
        world.settings.formerShopKeys[0],
      ];
      const echo = JSON.stringify([...textsOf(input), ...secrets]);
      let failures = 0;
      for (const [failure, answer] of Object.entries(asked > 0 ? FAILURES : {})) {
        Object.assign(world.row, structuredClone(before.row));
        for (const said of failure === '400' ? [echo, ...secrets, ...textsOf(input)] : [echo, world.settings.apiKey]) {
          world.faults.fetch = (_, init) => answer(said, init);
          const { ok: found, error: refusal } = await outcomeOf(callOf(world, op, input, canaries));
          if (refusal || found?.checks) failures += 1;
          clean(failure, seen(refusal));
          // The shop's own address may be in it, and nothing else of the settings.
          assert.deepEqual(
            canaries.in(found?.checks).filter((what) => what !== 'the address of webhooks'),
            [],
            failure,
          );
        }
      }
      world.faults.fetch = undefined;
      if (asked > 0) assert.ok(failures > 0, `${op} cannot fail`);

      Object.assign(world.row, structuredClone(before.row));
      world.faults.transact = (stored) => {
        const own = new Error(`INSERT failed: ${stored} ${echo}`, { cause: new Error(echo) });
        throw Object.assign(own, { detail: echo, parameters: [stored] });
      };
      await outcomeOf(callOf(world, op, input, canaries));
      clean("the shop's database fails");
      world.faults.transact = undefined;

      const misspelt = canaries.bare('a misspelt member');
      const { error: refusal } = await outcomeOf(() =>
        callOf(world, op, { ...input, [misspelt]: misspelt }, canaries)(),
      );
      clean('a misspelt member', seen(refusal));
      // Its caller may be told what was wrong with it, but a mail address in the place of a currency is not for the log.
      for (const wrong of [...mistaken(input, canaries), {}, null, undefined]) {
        await outcomeOf(async () => callOf(world, op, wrong, canaries)());
        clean(`wrong input ${inspect(wrong).slice(0, 500)}`);
      }
    });
  }
}

/** Every text in an input. @param {unknown} value @returns {string[]} */
function textsOf(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}

/**
 * The input once for each of its values, with a mail address there.
 * @param {any} value
 * @param {Canaries} canaries
 * @returns {any[]}
 */
function mistaken(value, canaries) {
  if (typeof value !== 'object' || value === null)
    return [`${canaries.bare('a value in the wrong place')}@shop.example`];
  return Object.entries(value).flatMap(([name, member]) =>
    mistaken(member, canaries).map((wrong) => (Array.isArray(value) ? [wrong] : { ...value, [name]: wrong })),
  );
}

test('a canary is found in whatever form', () => {
  for (const dressed of Object.values(DRESSES)) {
    const canaries = new Canaries(dressed);
    const text = canaries.make('it');
    const error = new Error('outer', { cause: new Error(text) });
    const forms = [
      ...[
        text,
        encodeURIComponent(text),
        JSON.stringify({ a: JSON.stringify(text) }),
        [{ a: [{ b: { c: { d: { e: text } } } }] }],
        { [text]: 1 },
      ],
      ...[0, 1, 2].map((before) => Buffer.from(`${'a'.repeat(before)}${text}z`).toString('base64')),
      ...[
        Buffer.from(text).toString('hex'),
        error,
        Object.assign(new Error('x'), { detail: text }),
        new Map([['a', text]]),
      ],
    ];
    for (const form of forms) assert.deepEqual(canaries.in(['a', form]), ['it'], inspect(form));
    assert.deepEqual(canaries.in(['a', new Error('cnry')]), []);
  }
});
