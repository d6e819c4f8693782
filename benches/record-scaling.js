/** How a decision slows down as an order's history grows. */
import { freezeSettings } from '../js/core.js';
import { loadCore } from '../js/wasm.js';
import { race } from './measure.js';
import { applied, Order, SETTINGS } from './orders.js';
import { call as peerCall } from './peer.js';

/** @import { Row } from './run.js' */

const SIZES = [10, 100, 1000];

/** @returns {Row[]} */
export function measure() {
  const settings = freezeSettings(SETTINGS);
  const core = loadCore();
  const order = new Order(0);
  const rows = SIZES.map((facts) => {
    order.withFacts(facts);
    const { record } = order;
    const delivery = order.settled();
    const { ours, peer } = race({
      ours: () => applied(core.call, { record }, delivery, settings),
      peer: () => applied(peerCall, { record }, delivery, settings),
    });
    return { name: `record-scaling/${facts}`, value: ours, unit: 'µs', peer };
  });
  const [, hundred, thousand] = rows;
  if (!hundred || !thousand) throw new Error('two sizes are compared');
  const unit = 'times for 10 times the facts';
  const growth = thousand.value / hundred.value;
  return [
    ...rows,
    { name: 'record-scaling', value: growth, unit, peer: 10, budget: 1 },
    // How Node itself grows with texts of that size.
    { name: 'record-scaling/peer', value: growth, unit, peer: thousand.peer / hundred.peer },
  ];
}
