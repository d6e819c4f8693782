/** Every check of the doctor is seen failing, with what it finds injected, and passing after the mend that its remedy names. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { version } from '../../../js/node.js';
import { KEYS, keysOf } from './catalogue.js';
import { listenTls, openClinic, PEM, proxyTo } from './clinic.js';
import { doctorCommand } from './command.js';
import { ILLNESSES } from './illnesses.js';

/** @import { Clinic } from './clinic.js' */
/** @import { Illness } from './illnesses.js' */

/** Texts that some diagnosis has shown, by key. @type {Set<string>} */
const seen = new Set();

/**
 * The diagnosis, in both languages, held to the catalogues.
 * @param {Clinic} clinic
 * @param {Partial<Illness>} [illness]
 */
async function diagnose(clinic, { deadlineMs } = {}) {
  const english = await clinic.run({ language: 'en', deadlineMs });
  const japanese = await clinic.run({ language: 'ja', deadlineMs });
  const found = (/** @type {typeof english} */ { verdict, checks }) => [
    verdict,
    ...checks.map((one) => [one.id, one.verdict, one.found]),
  ];
  assert.deepEqual(found(japanese), found(english));
  for (const key of [...keysOf(english.checks, 'en'), ...keysOf(japanese.checks, 'ja')]) seen.add(key);
  for (const { title, meaning } of japanese.checks) assert.match(title + meaning, /[ぁ-んァ-ヶ一-龠]/);
  return english;
}

/** @param {{ checks: { id: string, found: string, verdict: string }[] }} diagnosis @param {Illness} illness */
const finding = ({ checks }, { id, found }) =>
  checks.find((check) => check.id === id && check.found === found) ?? checks.find((check) => check.id === id);

test('a shop in good health', async (t) => {
  const clinic = await openClinic(t);
  await clinic.deliver();
  const { verdict, checks } = await diagnose(clinic);
  const others = checks.filter((check) => check.verdict !== 'ok').map(({ id, found }) => `${id} ${found}`);
  assert.deepEqual([verdict, others], ['note', ['server.tls none']]);
});

test('the wallet of a store is seen on a 1.x server too, whose filter by `enabled` leaves out what is enabled', async (t) => {
  const { checks } = await diagnose(await openClinic(t, { version: '1.13.7' }));
  assert.equal(checks.find(({ id }) => id === 'store.paymentMethods')?.found, 'ok');
});

for (const illness of ILLNESSES) {
  const { name, id, found, verdict = 'failed', befall, mend, after: then = 'ok', version } = illness;
  test(name, async (t) => {
    const clinic = await openClinic(t, version ? { version } : {});
    await befall(clinic, t);
    const ill = await diagnose(clinic, illness);
    const check = finding(ill, illness);
    assert.deepEqual([check?.id, check?.found, check?.verdict], [id, found, verdict]);
    if (verdict === 'failed') assert.equal(ill.verdict, 'failed');
    await mend(clinic, t);
    const healthy = await diagnose(clinic, illness);
    assert.equal(finding(healthy, illness)?.found ?? 'nothing', then);
    assert.ok(['ok', 'note'].includes(healthy.verdict), 'nothing else is wrong');
  });
}

test('a key whose name is a word of the texts takes nothing out of them', async (t) => {
  const clinic = await openClinic(t);
  const key = /** @type {any} */ (clinic.sim).keys.get(clinic.settings.apiKey);
  key.label = 'the shop';
  const { checks } = await diagnose(clinic);
  assert.equal(checks.find(({ id }) => id === 'webhook.there')?.meaning, 'The store has a webhook for this shop.');
  key.label = 'webhook';
  assert.deepEqual((await diagnose(clinic)).checks, checks);
});

test('the doctor changes nothing at the server or in the shop’s database', async (t) => {
  const clinic = await openClinic(t);
  await clinic.deliver();
  const state = () => ({
    server: /** @type {any} */ (clinic.sim).changes,
    webhooks: structuredClone(clinic.sim.webhooks.of(clinic.settings.storeId)),
    rows: ['orders', 'messages'].map((table) => clinic.db.prepare(`SELECT * FROM ${table}`).all()),
    writes: /** @type {any} */ (clinic.db.prepare('SELECT total_changes() AS count').get()).count,
  });
  const before = state();
  assert.equal(before.rows[0]?.length, 1);
  await clinic.run();
  assert.deepEqual(state(), before);
  clinic.webhook.secret = 'another';
  clinic.sim.revokeKey(clinic.settings.apiKey);
  const ill = state();
  await clinic.run();
  assert.deepEqual(state(), ill);
});

test('a server behind https, with a certificate that this machine trusts', async (t) => {
  const clinic = await openClinic(t);
  const serverUrl = await listenTls(
    t,
    proxyTo(() => clinic.sim.url),
  );
  const folder = mkdtempSync(join(tmpdir(), 'kessai-doctor-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'settings.json');
  writeFileSync(file, JSON.stringify({ ...clinic.settings, serverUrl }));
  // In a process of its own, because Node reads what it trusts once.
  const args = ['--settings', file, '--json', '--lang', 'en'];
  const { out } = await doctorCommand(args, { env: { NODE_EXTRA_CA_CERTS: fileURLToPath(PEM) } });
  const { checks } = JSON.parse(out);
  for (const key of keysOf(checks, 'en')) seen.add(key);
  assert.deepEqual(checks.find((/** @type {any} */ { id }) => id === 'server.tls')?.found, 'ok');
});

test('every text of the doctor was seen', () => {
  // One minor version apart is none too many, so that the first versions have no peer that is too old.
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isFirst = major === 0 && minor < 2;
  const unseen = KEYS.filter((key) => !seen.has(key) && !(isFirst && key.startsWith('host.part.older.')));
  assert.deepEqual(unseen, []);
});
