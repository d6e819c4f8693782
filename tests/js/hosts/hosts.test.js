import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { EXAMPLES } from './shops.js';
import { openShop } from './world.js';

/** @import { Received } from '../sim/world.js' */

const FACTS = /^(processing|settled|recv|conf)(\/|$)/;

/**
 * @template T
 * @param {T[]} list
 * @returns {T[][]} every order of it
 */
function orders(list) {
  if (list.length < 2) return [list];
  return list.flatMap((first, at) => orders(list.toSpliced(at, 1)).map((rest) => [first, ...rest]));
}

/** @param {{ attempts: Record<string, { facts: object | null }> }} record */
const factsOf = ({ attempts }) =>
  Object.values(attempts)
    .flatMap(({ facts }) => Object.keys(facts ?? {}))
    .sort();

/** Another transaction that holds the order's goods and then wants the order, and is not the one to be ended. */
const RIVALS = /** @type {Record<string, { begin: string, waiting: string }>} */ ({
  mariadb: {
    // The lighter transaction is the one that is ended.
    begin: 'START TRANSACTION; INSERT INTO products (id, stock) SELECT CONCAT(UUID(), seq), 0 FROM seq_1_to_500',
    waiting: "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
  },
  postgres: {
    // The one that looks first is the one that is ended.
    begin: "BEGIN; SET LOCAL deadlock_timeout = '1min'",
    waiting: 'SELECT 1 FROM pg_locks WHERE NOT granted',
  },
});

for (const [name, example] of Object.entries(EXAMPLES)) {
  describe(name, () => {
    /** @type {{ socket: string, stop: () => Promise<void> }} */
    let server;
    before(async () => {
      server = await example.start();
      const shop = await example.open(server.socket);
      await shop.query(example.tables);
      await shop.close();
    });
    after(() => server?.stop());

    test('the messages of a payment, in every order and each twice, end as a paid order with one mail', async (t) => {
      const shop = await openShop(t, name, server.socket);
      for (const order of orders([0, 1, 2, 3])) {
        const { id, invoiceId } = await shop.sell();
        shop.sim.pay(invoiceId, { method: 'onchain' });
        shop.sim.mine(6);
        const sent = await shop.sent(invoiceId);
        assert.equal(sent.length, 4);
        const played = order.flatMap((at) => /** @type {Received[]} */ ([sent[at], sent[at]]));
        await shop.takeAll(played);
        const { status, goods, mails, alerts, record } = await shop.look(id);
        const told = { status, goods, mails, alerts, facts: factsOf(record).length };
        const paid = { status: example.words.paid, goods: 'release', mails: ['mail/paid/1'], alerts: [], facts: 4 };
        assert.deepEqual(told, paid, String(order));
      }
    });

    test('eight messages at the same instant through two processes: none is lost, none counts twice', async (t) => {
      const shop = await openShop(t, name, server.socket);
      const processes = await Promise.all([shop.another(), shop.another()]);
      for (let round = 0; round < 6; round++) {
        const { id, invoiceId } = await shop.sell();
        shop.sim.pay(invoiceId, { method: 'onchain' });
        shop.sim.mine(6);
        const sent = await shop.sent(invoiceId);
        const answers = await Promise.all(processes.flatMap(({ take }) => sent.map(take)));
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]), JSON.stringify(answers));
        const { status, goods, mails, record } = await shop.look(id);
        assert.deepEqual(
          { status, goods, mails },
          { status: example.words.paid, goods: 'release', mails: ['mail/paid/1'] },
        );
        const facts = factsOf(record);
        assert.equal(facts.length, 4, facts.join());
        assert.ok(
          facts.every((fact) => FACTS.test(fact)),
          facts.join(),
        );
      }
    });

    test('the goods of an expired order go back once, however often it is said', async (t) => {
      const shop = await openShop(t, name, server.socket);
      const { id, invoiceId } = await shop.sell();
      await shop.sim.expire(invoiceId);
      const sent = await shop.sent(invoiceId);
      const processes = await Promise.all([shop.another(), shop.another()]);
      await Promise.all(processes.flatMap(({ take }) => [...sent, ...sent].map(take)));
      await shop.takeAll(sent);
      const { status, stock, goods, mails } = await shop.look(id);
      assert.deepEqual({ status, goods, mails }, { status: example.words.cancelled, goods: 'hold', mails: [] });
      if (stock !== undefined) assert.equal(stock, 10);
    });

    const rival = RIVALS[name];
    if (rival) {
      test('a transaction that the database ended for another is taken again, whole', async (t) => {
        const shop = await openShop(t, name, server.socket);
        const other = await example.open(server.socket, 1);
        t.after(other.close);
        const { id, invoiceId } = await shop.sell();
        await shop.sim.expire(invoiceId);
        const sent = await shop.sent(invoiceId);

        await other.query(rival.begin);
        await other.query(`UPDATE products SET stock = stock + 100 WHERE id = 'cup-${id}'`);
        const taken = shop.takeAll(sent);
        for (let tries = 0; (await shop.query(rival.waiting)).length === 0; tries++) {
          assert.ok(tries < 100, 'the shop does not wait for its goods');
          // MariaDB tells nothing new to who asks more often.
          await new Promise((resolve) => setTimeout(resolve, 150));
        }
        await other.query(`SELECT id FROM orders WHERE id = '${id}' FOR UPDATE`);
        await other.query('COMMIT');
        await taken;
        const { status, stock, alerts } = await shop.look(id);
        assert.deepEqual({ status, stock, alerts }, { status: 'cancelled', stock: 110, alerts: [] });
      });
    }

    test('an order that the shop does not have is acknowledged, whatever its id looks like', async (t) => {
      const shop = await openShop(t, name, server.socket);
      const { id } = await shop.sell();
      const before = await shop.look(id);
      for (const orderId of ['9999999', `${id}x`, `${id} `, ` ${id}`, "' OR '1'='1", '-1', '']) {
        const { status, body } = await fromElsewhere(shop, orderId);
        assert.deepEqual({ status, body }, { status: 200, body: '{"note":"order.unknown"}' }, orderId);
      }
      assert.deepEqual(await shop.look(id), before);
    });
  });
}

describe('a shop whose order table joins no transaction', () => {
  /** @type {{ socket: string, stop: () => Promise<void> }} */
  let server;
  const example = /** @type {import('./shops.js').Example} */ (EXAMPLES.planned);
  before(async () => {
    server = await example.start();
    const shop = await example.open(server.socket);
    await shop.query(example.tables);
    await shop.close();
  });
  after(() => server?.stop());

  /**
   * An order that expired, which the shop shows, and was then marked as paid: its process is killed at a statement.
   * @param {import('node:test').TestContext} t
   * @param {string} statement
   */
  async function killedAt(t, statement) {
    const shop = await openShop(t, 'planned', server.socket);
    const { id, invoiceId } = await shop.sell();
    await shop.sim.expire(invoiceId);
    await shop.takeAll(await shop.sent(invoiceId));
    assert.equal((await shop.look(id)).status, '14');
    shop.sim.mark(invoiceId, 'Settled');
    const settled = (await shop.sent(invoiceId)).filter(({ event }) => event.type === 'InvoiceSettled');
    assert.equal(settled.length, 1);
    const { take, child } = await shop.another(statement);
    await assert.rejects(Promise.all(settled.map(take)));
    if (child.signalCode === null) await once(child, 'exit');
    assert.equal(child.signalCode, 'SIGKILL');
    return { shop, id, settled };
  }

  test('killed between the commit of its plan and what it planned: the next message heals it', async (t) => {
    const { shop, id, settled } = await killedAt(t, 'UPDATE oc_order');
    const left = await shop.look(id);
    assert.equal(left.status, '14');
    assert.equal(left.record.applied.status, '2');
    await shop.takeAll(settled);
    const { status, goods, mails, alerts } = await shop.look(id);
    assert.deepEqual({ status, goods, mails, alerts }, healed);
  });

  test('killed after what it planned was done, before it was noted: nothing is done twice', async (t) => {
    const { shop, id, settled } = await killedAt(t, 'SET seen = NULL');
    assert.equal((await shop.look(id)).status, '2');
    await shop.takeAll(settled);
    const { status, goods, mails, alerts } = await shop.look(id);
    assert.deepEqual({ status, goods, mails, alerts }, healed);
  });

  test('a job heals it where no message comes any more', async (t) => {
    const { shop, id } = await killedAt(t, 'UPDATE oc_order');
    await shop.carryOut();
    const { status, goods, mails, alerts } = await shop.look(id);
    assert.deepEqual({ status, goods, mails, alerts }, healed);
  });

  test('killed before the commit of its plan: nothing has happened, and the next message does it all', async (t) => {
    const { shop, id, settled } = await killedAt(t, 'INSERT IGNORE INTO kessai_message');
    const { status, record, mails } = await shop.look(id);
    assert.deepEqual({ status, mails, facts: factsOf(record) }, { status: '14', mails: [], facts: ['expired'] });
    await shop.takeAll(settled);
    const { goods, alerts, ...order } = await shop.look(id);
    assert.deepEqual({ status: order.status, goods, mails: order.mails, alerts }, healed);
  });

  test('where the order table refuses, the message is not acknowledged, and the next one does it', async (t) => {
    const shop = await openShop(t, 'planned', server.socket);
    const { id, invoiceId } = await shop.sell();
    shop.sim.pay(invoiceId);
    const sent = await shop.sent(invoiceId);
    await shop.query("CREATE TRIGGER refuse BEFORE UPDATE ON oc_order FOR EACH ROW SIGNAL SQLSTATE '45000'");
    const answers = [];
    for (const message of sent) answers.push((await shop.take(message)).status);
    assert.deepEqual(answers, [503, 503, 503, 503]);
    assert.equal((await shop.look(id)).status, '0');
    await shop.query('DROP TRIGGER refuse');
    await shop.takeAll(sent);
    const { status, goods, mails, alerts } = await shop.look(id);
    assert.deepEqual({ status, goods, mails, alerts }, healed);
  });

  test('a merchant who moves the order in between is left in the right, and told', async (t) => {
    const { shop, id, settled } = await killedAt(t, 'UPDATE oc_order');
    await shop.query(`UPDATE oc_order SET order_status_id = 5 WHERE order_id = ${id}`);
    await shop.takeAll(settled);
    const { status, alerts } = await shop.look(id);
    assert.deepEqual({ status, alerts }, { status: '5', alerts: ['alert/handsOff/1'] });
  });

  const healed = { status: '2', goods: 'release', mails: ['mail/paid/1'], alerts: [] };
});

/**
 * A genuine message about an invoice that another tool made in the same store.
 * @param {Awaited<ReturnType<typeof openShop>>} shop
 * @param {string} orderId
 */
async function fromElsewhere({ sim, take, sent }, orderId) {
  const response = await fetch(`${sim.url}/api/v1/stores/${sim.storeId}/invoices`, {
    method: 'POST',
    headers: { Authorization: `token ${sim.apiKey}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ amount: '1', currency: 'JPY', metadata: { orderId } }),
  });
  const { id } = /** @type {any} */ (await response.json());
  sim.pay(id);
  const [message] = await sent(id);
  if (!message) throw new Error('nothing was sent');
  return take(message);
}
