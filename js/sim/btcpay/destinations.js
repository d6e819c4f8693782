/** Where a payout is to go, as a customer writes it (BTCPay Server 2.4.1, its payout handlers of Bitcoin and Lightning). */
import { Decimal } from './decimal.js';
import { ON_CHAIN } from './paymentMethods.js';

/**
 * @typedef {object} Destination
 * @property {string} text
 * @property {boolean} unique whether two open payouts may not share it
 * @property {Decimal | null} amount coins it asks for by itself
 * @property {Decimal} least coins below which nothing can be sent there
 */

const SEGWIT = /^(bc|tb|bcrt)1[02-9ac-hj-np-z]{11,87}$/i;
const BASE58 = /^[13mn2][1-9A-HJ-NP-Za-km-z]{25,34}$/;
const DUST = Decimal.of('0.00000546');
const SEGWIT_DUST = Decimal.of('0.00000294');

const LIGHTNING_ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const LNURL = /^(lightning:)?lnurl1[02-9ac-hj-np-z]+$|^(lnurlp|https?):\/\//i;
const BOLT11 = /^(?:lightning:)?ln(?:bcrt|tbs|bc|tb)(?:(\d+)([munp]?))?1[02-9ac-hj-np-z]+$/i;
const SATOSHI = Decimal.of('0.00000001');

/** Coins in one unit of a BOLT11 amount. */
const UNITS = new Map([
  ['', '1'],
  ['m', '0.001'],
  ['u', '0.000001'],
  ['n', '0.000000001'],
  ['p', '0.000000000001'],
]);

/**
 * The form is checked, not the checksum: the simulator's own addresses have none, and no money is sent anywhere.
 * @param {string} methodId
 * @param {string} text
 * @returns {Destination | { error: string }}
 */
export function readDestination(methodId, text) {
  const given = text.trim();
  if (methodId === ON_CHAIN) return readAddress(given) ?? { error: 'A valid address was not provided' };
  return (
    readLightning(given) ?? { error: 'A valid BOLT11 invoice or LNURL Pay or Lightning address was not provided.' }
  );
}

/**
 * @param {string} text an address, or a `bitcoin:` link with one
 * @returns {Destination | null}
 */
function readAddress(text) {
  const [address = '', query = ''] = text.replace(/^bitcoin:/i, '').split('?');
  const isSegwit = SEGWIT.test(address);
  if (!isSegwit && !BASE58.test(address)) return null;
  const amount = new URLSearchParams(query).get('amount');
  return { text, unique: true, amount: amount ? Decimal.parse(amount) : null, least: isSegwit ? SEGWIT_DUST : DUST };
}

/**
 * @param {string} text
 * @returns {Destination | null}
 */
function readLightning(text) {
  if (LIGHTNING_ADDRESS.test(text) || LNURL.test(text)) return { text, unique: false, amount: null, least: SATOSHI };
  const [found, digits, unit = ''] = BOLT11.exec(text) ?? [];
  if (!found) return null;
  const amount = digits ? Decimal.of(digits).times(Decimal.of(UNITS.get(unit.toLowerCase()) ?? '1')) : null;
  return { text, unique: true, amount, least: SATOSHI };
}
