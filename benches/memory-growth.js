/** Whether an instance that lives long grows: a million calls with ten thousand different secrets. */
import { signatureOf } from '../js/sim/btcpay/payload.js';
import { loadCore } from '../js/wasm.js';
import * as untyped from '../pkg/kessai.js';
import { Order, PLACED, SETTINGS } from './orders.js';

/** @import { Row } from './run.js' */

const CALLS = 1_000_000;
const SECRETS = 10_000;

/** Calls after which everything that is remembered has been remembered once. */
const FIRST = 1_000;

/** Once there is an instance, `initSync` only hands out its exports. */
const { initSync } = /** @type {{ initSync: (source: object) => { memory: WebAssembly.Memory } }} */ (
  /** @type {unknown} */ (untyped)
);

/** @returns {Row[]} */
export function measure() {
  const { callText } = loadCore();
  const { memory } = initSync({});
  const { raw } = new Order(0).withFacts(3).settled();
  const body = new TextDecoder().decode(raw);
  const inputs = Array.from({ length: SECRETS }, (_, no) => {
    const secret = `the secret of shop ${no}`;
    const settings = { ...SETTINGS, webhookSecrets: [{ name: 'main', secret }] };
    const headers = { 'btcpay-sig': signatureOf(secret, body) };
    return JSON.stringify({ settings, headers, now: PLACED });
  });
  const bytes = () => memory.buffer.byteLength;
  let before = 0;
  for (let call = 0; call < CALLS; call++) {
    const reply = callText('btcpay.readWebhook', /** @type {string} */ (inputs[call % SECRETS]), raw);
    if (!reply.startsWith('{"ok"')) throw new Error(reply);
    if (call === FIRST) before = bytes();
  }
  // The host replaces an instance that grows out of bounds, and the old one's memory would look unchanged.
  if (initSync({}).memory !== memory) throw new Error('the instance grew so much that it was replaced');
  return [{ name: 'memory-growth', value: bytes() - before, unit: 'bytes', peer: before, budget: 0 }];
}
