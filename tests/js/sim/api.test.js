import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import { openWorld } from './world.js';

test('an unknown route is 501 and remembered; a known one is not', async (t) => {
  const { sim, call } = await openWorld(t);
  await call('GET', '/health');
  assert.deepEqual(sim.unknownRoutes, []);
  assert.equal((await call('GET', '/users/me')).status, 501);
  assert.equal((await call('PATCH', '/health')).status, 501);
  assert.deepEqual(sim.unknownRoutes, [
    { method: 'GET', path: '/api/v1/users/me' },
    { method: 'PATCH', path: '/api/v1/health' },
  ]);
});

test('only loopback names are answered, and bodies up to 1 MB', async (t) => {
  const { sim, call } = await openWorld(t);
  const { port } = new URL(sim.url);
  const statusFor = (/** @type {string} */ host) =>
    new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path: '/api/v1/health', headers: { Host: host } };
      http.get(options, (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    });
  assert.equal(await statusFor(`localhost:${port}`), 200);
  assert.equal(await statusFor(`[::1]:${port}`), 200);
  for (const host of ['evil.example', `127.0.0.1.evil.example:${port}`, `localhost@evil.example`, '0.0.0.0']) {
    assert.equal(await statusFor(host), 421, host);
  }
  const large = await call('POST', `/stores/${sim.storeId}/invoices`, {
    amount: '1',
    metadata: { x: 'x'.repeat(1024 * 1024) },
  });
  assert.equal(large.status, 413);
});

test('versions the simulator cannot play are refused', async (t) => {
  await assert.rejects(openWorld(t, { version: '1.0.5.6' }), /from 1\.0\.6 on/);
  await assert.rejects(openWorld(t, { version: 'latest' }), /not a version/);
});
