/**
 * The stories an invoice can have, with every event in its order: BTCPay Server 2.4.1 (InvoiceWatcher, PaymentService,
 * NBXplorerListener, LightningListener), 2.0.0, and 1.11.7 of the releases before. 2.0.0 has neither of the two events
 * of late payments; 1.11.7 calls an unconfirmed transaction Invalid too, and says that too much was paid with the
 * settled payment instead of the settled invoice.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWorld } from '../world.js';

const DAY = 24 * 60 * 60;
const VERSIONS = /** @type {const} */ (['1.11.7', '2.0.0', '2.4.1']);

/** @typedef {Awaited<ReturnType<typeof openWorld>>} World */
/** @typedef {(typeof VERSIONS)[number]} Version */

/**
 * @typedef {object} Story
 * @property {string} name
 * @property {Record<string, unknown>} [invoice]
 * @property {(world: World, id: string) => unknown} act
 * @property {string} state in the end
 * @property {Record<Version, string[]>} events
 */

/** @param {string[]} events @returns {Record<Version, string[]>} */
const everywhere = (events) => ({ '1.11.7': events, '2.0.0': events, '2.4.1': events });

/** @param {string[]} old @param {string[]} modern @returns {Record<Version, string[]>} */
const since2 = (old, modern) => ({ '1.11.7': old, '2.0.0': modern, '2.4.1': modern });

/** @type {Story[]} */
const STORIES = [
  {
    name: 'paid on-chain, exactly',
    act: ({ sim }, id) => {
      sim.pay(id, { method: 'onchain' });
      sim.mine();
    },
    state: 'Settled/None',
    events: since2(
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Invalid',
        'InvoiceProcessing',
        'InvoicePaymentSettled Settled',
        'InvoiceSettled',
      ],
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceProcessing',
        'InvoicePaymentSettled Settled',
        'InvoiceSettled',
      ],
    ),
  },
  {
    name: 'paid by Lightning',
    act: ({ sim }, id) => sim.pay(id, { method: 'lightning' }),
    state: 'Settled/None',
    events: everywhere([
      'InvoiceCreated',
      'InvoicePaymentSettled Settled',
      'InvoiceReceivedPayment Settled',
      'InvoiceProcessing',
      'InvoiceSettled',
    ]),
  },
  {
    name: 'paid in part, then expired; the part confirms later',
    act: async ({ sim }, id) => {
      sim.pay(id, { method: 'onchain', amount: 'half' });
      await sim.expire(id);
      sim.mine();
    },
    state: 'Expired/PaidPartial',
    events: {
      '1.11.7': [
        'InvoiceCreated',
        'InvoiceReceivedPayment Invalid',
        'InvoiceExpired partiallyPaid',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
      '2.0.0': [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceExpired partiallyPaid',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
      '2.4.1': [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceExpired partiallyPaid',
        'InvoiceExpiredPaidPartial',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
    },
  },
  {
    name: 'paid in part by Lightning, then expired',
    act: async ({ sim }, id) => {
      sim.pay(id, { method: 'lightning', amount: 'half' });
      await sim.expire(id);
    },
    state: 'Expired/PaidPartial',
    events: {
      ...everywhere([
        'InvoiceCreated',
        'InvoicePaymentSettled Settled',
        'InvoiceReceivedPayment Settled',
        'InvoiceExpired partiallyPaid',
      ]),
      '2.4.1': [
        'InvoiceCreated',
        'InvoicePaymentSettled Settled',
        'InvoiceReceivedPayment Settled',
        'InvoiceExpired partiallyPaid',
        'InvoiceExpiredPaidPartial',
      ],
    },
  },
  {
    name: 'paid in full, but late',
    act: async ({ sim }, id) => {
      await sim.expire(id);
      sim.pay(id, { method: 'onchain' });
      sim.mine();
    },
    state: 'Expired/PaidLate',
    events: {
      '1.11.7': [
        'InvoiceCreated',
        'InvoiceExpired',
        'InvoiceReceivedPayment Invalid afterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
      '2.0.0': [
        'InvoiceCreated',
        'InvoiceExpired',
        'InvoiceReceivedPayment Processing afterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
      '2.4.1': [
        'InvoiceCreated',
        'InvoiceExpired',
        'InvoiceReceivedPayment Processing afterExpiration',
        'InvoicePaidAfterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
    },
  },
  {
    name: 'paid in part, expired, the rest late',
    act: async ({ sim }, id) => {
      sim.pay(id, { method: 'onchain', amount: 'half' });
      await sim.expire(id);
      sim.pay(id, { method: 'onchain' });
      sim.mine();
    },
    state: 'Expired/PaidLate',
    events: {
      '1.11.7': [
        'InvoiceCreated',
        'InvoiceReceivedPayment Invalid',
        'InvoiceExpired partiallyPaid',
        'InvoiceReceivedPayment Invalid afterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
      '2.0.0': [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceExpired partiallyPaid',
        'InvoiceReceivedPayment Processing afterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
      '2.4.1': [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceExpired partiallyPaid',
        'InvoiceExpiredPaidPartial',
        'InvoiceReceivedPayment Processing afterExpiration',
        'InvoicePaidAfterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
        'InvoicePaymentSettled Settled afterExpiration',
      ],
    },
  },
  {
    name: 'paid too much in one transaction',
    act: ({ sim }, id) => {
      sim.pay(id, { method: 'onchain', amount: 'over' });
      sim.mine();
    },
    state: 'Settled/PaidOver',
    events: since2(
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Invalid',
        'InvoiceProcessing overPaid',
        'InvoicePaymentSettled Settled overPaid',
        'InvoiceSettled',
      ],
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceProcessing overPaid',
        'InvoicePaymentSettled Settled',
        'InvoiceSettled overPaid',
      ],
    ),
  },
  {
    name: 'paid too much by a second transaction before the first is confirmed',
    act: ({ sim }, id) => {
      sim.pay(id, { method: 'onchain' });
      sim.pay(id, { method: 'onchain' });
      sim.mine();
    },
    state: 'Settled/PaidOver',
    events: since2(
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Invalid',
        'InvoiceProcessing',
        'InvoiceReceivedPayment Invalid',
        'InvoicePaymentSettled Settled overPaid',
        'InvoicePaymentSettled Settled overPaid',
        'InvoiceSettled',
      ],
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceProcessing',
        'InvoiceReceivedPayment Processing',
        'InvoicePaymentSettled Settled',
        'InvoicePaymentSettled Settled',
        'InvoiceSettled overPaid',
      ],
    ),
  },
  {
    name: 'paid by Lightning too much',
    act: ({ sim }, id) => sim.pay(id, { method: 'lightning', amount: 'over' }),
    state: 'Settled/PaidOver',
    events: since2(
      [
        'InvoiceCreated',
        'InvoicePaymentSettled Settled',
        'InvoiceReceivedPayment Settled',
        'InvoiceProcessing overPaid',
        'InvoiceSettled',
      ],
      [
        'InvoiceCreated',
        'InvoicePaymentSettled Settled',
        'InvoiceReceivedPayment Settled',
        'InvoiceProcessing overPaid',
        'InvoiceSettled overPaid',
      ],
    ),
  },
  {
    name: 'paid in two parts, in time',
    act: ({ sim }, id) => {
      sim.pay(id, { method: 'onchain', amount: 'half' });
      sim.pay(id, { method: 'onchain' });
      sim.mine();
    },
    state: 'Settled/None',
    events: since2(
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Invalid',
        'InvoiceReceivedPayment Invalid',
        'InvoiceProcessing',
        'InvoicePaymentSettled Settled',
        'InvoicePaymentSettled Settled',
        'InvoiceSettled',
      ],
      [
        'InvoiceCreated',
        'InvoiceReceivedPayment Processing',
        'InvoiceReceivedPayment Processing',
        'InvoiceProcessing',
        'InvoicePaymentSettled Settled',
        'InvoicePaymentSettled Settled',
        'InvoiceSettled',
      ],
    ),
  },
  {
    name: 'paid, but never confirmed',
    act: async ({ sim }, id) => {
      sim.pay(id, { method: 'onchain' });
      await sim.advance(15 * 60 + DAY + 1);
    },
    state: 'Invalid/None',
    events: since2(
      ['InvoiceCreated', 'InvoiceReceivedPayment Invalid', 'InvoiceProcessing', 'InvoiceInvalid'],
      ['InvoiceCreated', 'InvoiceReceivedPayment Processing', 'InvoiceProcessing', 'InvoiceInvalid'],
    ),
  },
  {
    name: 'of an amount of zero',
    invoice: { amount: '0' },
    act: () => {},
    state: 'Settled/None',
    events: everywhere(['InvoiceCreated', 'InvoiceProcessing', 'InvoiceSettled']),
  },
];

for (const { name, invoice, act, state, events } of STORIES) {
  for (const version of VERSIONS) {
    test(`${version}: an invoice ${name}`, async (t) => {
      const world = await openWorld(t, { version });
      const { id } = await world.create(invoice);
      await act(world, id);
      assert.equal(await world.stateOf(id), state);
      assert.deepEqual(await world.story(), events[version]);
    });
  }
}

test('GET says Settled from InvoiceProcessing on where a payment needs no confirmation', async (t) => {
  const { sim, read, create } = await openWorld(t);
  const { id } = await create();
  sim.fault({ on: 'webhook', kind: 'reorder', match: 'InvoiceProcessing' });
  sim.pay(id);
  assert.equal((await read(id)).status, 'Settled');
});

test('an invoice of zero has no payment method, and is no top-up', async (t) => {
  const { create } = await openWorld(t);
  const { type, status, checkout } = await create({ amount: '0' });
  assert.deepEqual([type, status, checkout.paymentMethods], ['Standard', 'Settled', []]);
});

test('a payment at the very end of the monitoring is still in time', async (t) => {
  const { sim, create, stateOf } = await openWorld(t);
  const { id } = await create();
  sim.pay(id, { method: 'onchain' });
  await sim.advance(15 * 60 + DAY);
  sim.pay(id, { method: 'onchain' });
  assert.equal(await stateOf(id), 'Processing/PaidOver');
  await sim.advance(1);
  assert.equal(await stateOf(id), 'Invalid/PaidOver');
});

test('whether a late payment is settled is found on all versions by InvoicePaymentSettled and a GET', async (t) => {
  for (const version of VERSIONS) {
    const { sim, shop, create, stateOf } = await openWorld(t, { version });
    const { id } = await create();
    await sim.expire(id);
    sim.pay(id, { method: 'onchain' });
    sim.mine();
    await sim.idle();
    assert.deepEqual(
      [shop.received.at(-1)?.event.type, await stateOf(id)],
      ['InvoicePaymentSettled', 'Expired/PaidLate'],
      version,
    );
  }
});
