/** What a test or a development server imports from `kessai/sim`. */
export { BtcpaySim, startBtcpaySim } from './btcpay/index.js';
export { Clock } from './clock.js';
