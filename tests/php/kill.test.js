/** A process of the shop is killed at a statement: the next message, or the job, brings the order to where it belongs. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openShop, startDatabase } from './world.js';

/** @type {{ socket: string, stop: () => Promise<void> }} */
let database;
before(async () => {
  database = await startDatabase();
});
after(() => database?.stop());

/**
 * An order that expired, which the shop shows, and was then marked as paid: the process that takes the message is killed.
 * @param {import('node:test').TestContext} t
 * @param {import('./world.js').Kind} kind
 * @param {string} end the statement before which it dies
 */
async function killed(t, kind, end) {
  const shop = await openShop(t, kind, database.socket, { driver: kind === 'whole' ? 'pdo' : 'mysqli' });
  const { id, invoiceId } = await shop.sell();
  await shop.sim.expire(invoiceId);
  await shop.takeAll(await shop.sent(invoiceId));
  const before = await shop.look(id);
  assert.equal(before.told.status, shop.words.cancelled);
  shop.sim.mark(invoiceId, 'Settled');
  const settled = (await shop.sent(invoiceId)).filter(({ event }) => event.type === 'InvoiceSettled');
  assert.equal(settled.length, 1);
  const mortal = await shop.process(end);
  await mortal.dies(mortal.take(/** @type {any} */ (settled[0])));
  return { shop, id, settled, before };
}

const AFTER = 'COMMIT done';

for (const [name, end] of Object.entries({
  'before the record is written': '/^UPDATE `kessai_order` SET record/',
  'before an effect': '/UPDATE orders SET status/',
  'before the mail is planned': '/INSERT INTO `kessai_effect`/',
  'before the commit': '/^COMMIT$/',
})) {
  test(`whole shop, killed ${name}: nothing has happened, and the next message does it all`, async (t) => {
    const { shop, id, settled, before } = await killed(t, 'whole', end);
    assert.deepEqual(await shop.look(id), before);
    await shop.takeAll(settled);
    const { told, stock } = await shop.look(id);
    assert.deepEqual(told, shop.paid);
    assert.equal(stock, 8);
  });
}

test('whole shop, killed after the commit: only the mail is left, and the job sends it', async (t) => {
  const { shop, id } = await killed(t, 'whole', `/^${AFTER}$/`);
  const { told } = await shop.look(id);
  assert.deepEqual(told, { ...shop.paid, mails: [], left: 1 });
  await shop.first.work('carryOut');
  assert.deepEqual((await shop.look(id)).told, shop.paid);
});

for (const [name, end, moves] of /** @type {const} */ ([
  ['after the commit of the plan', `/^${AFTER}$/`, 1],
  ['before the order API is called', '/UPDATE oc_order SET order_status_id/', 1],
  ['after the order API, before that is noted', '/^DELETE FROM `oc_kessai_effect`/', 2],
])) {
  for (const healer of ['the next message', 'the job']) {
    test(`foreign shop, killed ${name}: ${healer} heals it, and the status is set once`, async (t) => {
      const { shop, id, settled } = await killed(t, 'foreign', end);
      const left = await shop.look(id);
      assert.equal(left.moves, moves);
      assert.ok(left.told.left > 0);
      if (healer === 'the job') await shop.first.work('carryOut');
      else await shop.takeAll(settled);
      const { told, moves: healed } = await shop.look(id);
      assert.deepEqual(told, shop.paid);
      assert.equal(healed, 2, 'Expired, Processing');
    });
  }
}

test('foreign shop, killed between two effects: none is lost, and one at most comes again', async (t) => {
  const { shop, id, settled } = await killed(t, 'foreign', '/^INSERT INTO oc_message .*/');
  await shop.takeAll(settled);
  assert.deepEqual((await shop.look(id)).told, shop.paid);
});

test('a merchant who moves the order before the plan is carried out is left in the right, and told', async (t) => {
  const { shop, id, settled } = await killed(t, 'foreign', '/UPDATE oc_order SET order_status_id/');
  await shop.query(`UPDATE oc_order SET order_status_id = 5 WHERE order_id = ${id}`);
  await shop.takeAll(settled);
  const { told } = await shop.look(id);
  assert.deepEqual([told.status, told.alerts, told.left], ['5', ['alert/handsOff/1'], 0]);
});

test('where the order API fails the message is not acknowledged, and the next one does it', async (t) => {
  const shop = await openShop(t, 'foreign', database.socket, { driver: 'mysqli' });
  const { id, invoiceId } = await shop.sell();
  shop.sim.pay(invoiceId);
  const sent = await shop.sent(invoiceId);
  await shop.query("CREATE TRIGGER refuse BEFORE UPDATE ON oc_order FOR EACH ROW SIGNAL SQLSTATE '45000'");
  const answers = [];
  for (const message of sent) answers.push(await shop.first.take(message));
  await shop.query('DROP TRIGGER refuse');
  assert.deepEqual(
    new Set(answers.map(({ status, body }) => `${status} ${body}`)),
    new Set(['503 {"code":"host.failed"}']),
  );
  assert.notEqual((await shop.look(id)).told.status, shop.words.paid);
  await shop.takeAll(sent);
  assert.deepEqual((await shop.look(id)).told, shop.paid);
});

test('a mail that cannot be sent holds up nothing, and goes out later', async (t) => {
  const shop = await openShop(t, 'foreign', database.socket, { driver: 'mysqli' });
  const { id, invoiceId } = await shop.sell();
  shop.sim.pay(invoiceId);
  await shop.query(
    "CREATE TRIGGER refuse BEFORE INSERT ON oc_message FOR EACH ROW IF NEW.kind = 'mail' THEN SIGNAL SQLSTATE '45000'; END IF",
  );
  await shop.takeAll(await shop.sent(invoiceId));
  await shop.query('DROP TRIGGER refuse');
  assert.deepEqual((await shop.look(id)).told, { ...shop.paid, mails: [], left: 1 });
  await shop.first.work('carryOut');
  assert.deepEqual((await shop.look(id)).told, shop.paid);
});

test('a transaction that the database ended for another is taken again, whole', async (t) => {
  for (const driver of /** @type {const} */ (['pdo', 'mysqli'])) {
    for (const silent of [false, true]) {
      const shop = await openShop(t, 'whole', database.socket, { driver, silent });
      const rival = await openShop(t, 'whole', database.socket);
      const { id, invoiceId } = await shop.sell();
      await shop.sim.expire(invoiceId);
      const sent = await shop.sent(invoiceId);
      // The lighter transaction is the one that is ended.
      await rival.query(
        `START TRANSACTION; INSERT INTO products (id, stock) SELECT CONCAT(UUID(), seq), 0 FROM seq_1_to_500`,
      );
      await rival.query(`UPDATE products SET stock = stock + 100 WHERE id = 'cup-${id}'`);
      const taken = shop.takeAll(sent);
      const waiting = "SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'";
      for (let tries = 0; /** @type {any} */ (await shop.query(waiting))[0].length === 0; tries++) {
        assert.ok(tries < 100, 'the shop does not wait for its goods');
        // MariaDB tells nothing new to who asks more often.
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      await rival.query(`SELECT id FROM orders WHERE id = '${id}' FOR UPDATE`);
      await rival.query('COMMIT');
      await taken;
      const { told, stock } = await shop.look(id);
      assert.deepEqual([told.status, stock, told.alerts], [shop.words.cancelled, 110, []], `${driver} ${silent}`);
    }
  }
});

test('a lock that was waited for too long is waited for again, but not for ever', async (t) => {
  for (const driver of /** @type {const} */ (['pdo', 'mysqli'])) {
    const shop = await openShop(t, 'whole', database.socket, { driver, lockWait: 1 });
    const rival = await openShop(t, 'whole', database.socket);
    const { id, invoiceId } = await shop.sell();
    shop.sim.pay(invoiceId);
    const [message] = (await shop.sent(invoiceId)).slice(-1);
    assert.ok(message);
    await rival.query('START TRANSACTION');
    await rival.query(`SELECT record FROM kessai_order WHERE order_id = '${id}' FOR UPDATE`);
    assert.deepEqual(await shop.first.take(message), { status: 503, body: '{"code":"host.failed"}' });
    const taken = shop.first.take(message);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await rival.query('COMMIT');
    assert.equal((await taken).status, 200, driver);
    assert.deepEqual((await shop.look(id)).told, shop.paid);
  }
});
