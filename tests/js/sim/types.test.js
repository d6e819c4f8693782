import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startBtcpaySim as start } from '../../../js/sim/btcpay/index.js';
import * as published from '../../../js/sim/index.js';

test('what is published of the simulator is what its types promise', async (t) => {
  assert.deepEqual(Object.keys(published).sort(), ['BtcpaySim', 'Clock', 'startBtcpaySim']);
  /** The compiler holds options to options. @type {import('../../../js/sim/btcpay/index.js').SimOptions} */
  const options = /** @type {Omit<import('../../../js/sim/index.js').SimOptions, 'clock'>} */ ({});
  const sim = await start(options);
  t.after(() => sim.close());
  /** And members to members. @type {Omit<import('../../../js/sim/index.js').BtcpaySim, 'clock'>} */
  const promised = sim;
  const members = ['advance', 'close', 'expire', 'fault', 'idle', 'mine', 'pay', 'redeliver', 'replace', 'restart'];
  for (const name of members) assert.equal(typeof (/** @type {any} */ (promised)[name]), 'function', name);
  assert.ok(promised.url.startsWith('http://127.0.0.1:'));
});
