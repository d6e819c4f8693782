/** What else deploy holds: the image and the alerts name what is there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createMetrics } from '../../js/sidecar/metrics.js';
import { STATUSES } from '../../js/sidecar/refusal.js';
import { loadAnswers } from '../golden/cases.js';
import { folder } from '../js/sidecar/serving.js';
import { replaced } from './nginx.js';
import { startSidecar } from './sidecar.js';

const read = (/** @type {string} */ path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const dockerfile = read('deploy/docker/Dockerfile');

/** @param {string} name of an instruction in exec form @returns {string[]} */
function commandOf(name) {
  const [, json = ''] = new RegExp(`^${name}\\b.*?(\\[.*\\])$`, 'm').exec(dockerfile) ?? [];
  return JSON.parse(json);
}

test('the image starts the program of the package', () => {
  const { bin } = JSON.parse(read('package.json'));
  assert.deepEqual(commandOf('ENTRYPOINT'), ['node', `/opt/kessai/node_modules/kessai/${bin.kessai}`, 'serve']);
});

test('the image’s health is that of its sidecar', async (t) => {
  const path = join(folder(t), 'kessai.sock');
  const [, ...args] = commandOf('HEALTHCHECK').map((arg) =>
    arg.includes('/run') ? replaced(arg, { '/run/kessai/kessai.sock': path }) : arg,
  );
  const check = () => spawnSync(process.execPath, args).status;
  assert.equal(check(), 1);
  const { end } = await startSidecar(t, ['--socket', path]);
  assert.equal(check(), 0);
  await end('SIGTERM');
  assert.equal(check(), 1);
});

test('the alerts watch metrics, labels and codes that there are', () => {
  const rules = read('deploy/prometheus/alerts.yml');
  const metrics = createMetrics();
  metrics.request({ op: 'order.apply', outcome: 'ok', ms: 1 });
  metrics.exchange({ gateway: 'btcpay.example.com', outcome: 'blocked', ms: 1 });
  metrics.refusal('sidecar.busy');
  const text = metrics.text({ inFlight: 0, version: '0' });
  const names = [...new Set(rules.match(/kessai_[a-z_]+/g))];
  assert.ok(names.length >= 4);
  for (const name of names) assert.match(text, new RegExp(`^${name}[{ ]`, 'm'));
  const codes = [...rules.matchAll(/code="([^"]+)"/g)].map(([, code = '']) => code);
  assert.ok(codes.length >= 3);
  for (const code of codes) assert.ok(code in STATUSES, code);
  const outcomes = [...rules.matchAll(/outcome=~"([^"]+)"/g)].flatMap(([, all = '']) => all.split('|'));
  assert.ok(outcomes.length >= 2);
  for (const outcome of outcomes) assert.ok(Object.hasOwn(loadAnswers(), outcome), outcome);
  assert.match(text, /outcome="blocked"/);
});
