/** A shop under load whose sidecar is killed: PHP-FPM behind nginx, with the client of plugins/client. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadSettings } from '../golden/cases.js';
import { gateway } from '../js/shim/gateway.js';
import { createClient } from '../js/sidecar/client.js';
import { folder } from '../js/sidecar/serving.js';
import { startNginx } from './nginx.js';
import { startPhpFpm } from './phpFpm.js';
import { startSidecar } from './sidecar.js';
import { tries } from './tries.js';

const CALLS = 1000;

/** Seconds. */
const DEADLINE = 30;

const path = (/** @type {string} */ of) => fileURLToPath(new URL(of, import.meta.url));

/** @param {string} id */
const invoice = (id) => ({
  id,
  storeId: loadSettings().storeId,
  amount: '1980',
  currency: 'JPY',
  type: 'Standard',
  status: 'New',
  additionalStatus: 'None',
  createdTime: 1_800_000_000,
  expirationTime: 1_800_000_900,
  monitoringExpiration: 1_800_087_300,
  checkoutLink: `https://btcpay.example.com/i/${id}`,
  metadata: { orderId: '1001' },
});

test('each of a thousand PHP callers has a result or an error that says to try again, though the sidecar is killed under them', async (t) => {
  const directory = folder(t);
  const place = join(directory, 'run/kessai.sock');
  /** @type {(() => void)[]} */
  const held = [];
  let isHolding = true;
  const { url } = await gateway(t, ({ url = '' }, response) => {
    const answer = () => response.end(JSON.stringify(invoice(url.split('/').at(-1) ?? '')));
    if (isHolding) held.push(answer);
    else answer();
  });
  const settings = join(directory, 'settings.json');
  writeFileSync(settings, JSON.stringify({ ...loadSettings(), serverUrl: url }));
  const start = () => startSidecar(t, ['--socket', place, '--gateway', url, '--concurrency', String(CALLS)]);
  let sidecar = await start();
  const { site, web } = await startPhpFpm(t, directory, {
    script: path('caller.php'),
    children: CALLS,
    server: {
      KESSAI_CLIENT: path('../../plugins/client'),
      KESSAI_SOCKET: place,
      KESSAI_SETTINGS: settings,
      KESSAI_DEADLINE: String(DEADLINE),
    },
  });
  await startNginx(t, directory, { 'web.site': site });
  const { ask } = createClient(web, t);

  let ended = 0;
  const call = async (/** @type {number} */ no) => {
    const id = `invoice${no}`;
    const { status, text } = await ask(`/?id=${id}`);
    assert.equal(status, 200, text);
    const said = JSON.parse(text);
    assert.equal(said.isInTime, true, text);
    // A result is that of what was asked, and a failure one after which it may be asked again.
    assert.ok(said.id === id || said.isRetryable === true, text);
    ended += 1;
    return said.id === id;
  };
  const callAll = () => {
    ended = 0;
    return Promise.all(Array.from({ length: CALLS }, (_, no) => call(no)));
  };
  const restart = async () => {
    await sidecar.end('SIGKILL');
    sidecar = await start();
  };

  // All wait for the gateway, some have been answered, and the others' sidecar dies.
  const waiting = callAll();
  await Promise.race([waiting, tries(() => held.length + ended >= CALLS)]);
  assert.ok(ended < CALLS / 2, `${ended} have ended before`);
  // The latest, since on a slow machine the first may have given up by now.
  for (const answer of held.slice(-CALLS / 2)) answer();
  await tries(() => ended >= CALLS / 4);
  isHolding = false;
  await restart();
  const results = (await waiting).filter((isResult) => isResult).length;
  assert.ok(results > 0 && results < CALLS, `${results} results`);

  // Nobody waits, so that it dies at any moment of a call.
  const quick = callAll();
  for (const part of [0.2, 0.4, 0.6]) {
    await Promise.race([quick, tries(() => ended >= part * CALLS)]);
    await restart();
  }
  assert.ok((await quick).some((isResult) => isResult));
  assert.equal(await call(CALLS), true, 'and nothing of it lasts');
});
