/** @typedef {{ op: string, input: string, raw: Uint8Array }} Call */

/**
 * xorshift32: the same sequence on every machine.
 * @param {number} seed
 * @returns {(below: number) => number} a whole number from 0 to below - 1
 */
export function random(seed) {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** What a type may not expect. */
const HOSTILE = [
  ...[null, true, 0, -1, 1.5, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER, 1e300],
  ...['', '0', '-1', '1e999', '99999999999999999999', '\u0000', '決済'.repeat(200), '{"v":1}'],
  ...[[], {}, [[]]],
];

/**
 * One call with a few things wrong with its input or its raw body: in bytes or in values.
 * @param {Call[]} seeds
 * @param {(below: number) => number} next
 * @param {(raw: Uint8Array) => string} sign makes a signature true again, so that what is behind it is reached
 * @returns {Call}
 */
export function mutant(seeds, next, sign) {
  const { op, input, raw } = /** @type {Call} */ (seeds[next(seeds.length)]);
  const other = /** @type {Call} */ (seeds[next(seeds.length)]);
  if (next(16) === 0) return { op: other.op, input, raw };
  let bytes = new Uint8Array(raw);
  let text = input;
  for (let times = 1 + next(3); times > 0; times--) {
    if (raw.length > 0 && next(4) > 0) bytes = next(2) === 0 ? mutated(bytes, next) : alteredText(bytes, next);
    else if (next(4) > 0) text = asText(alteredText(Buffer.from(text), next));
    else text = next(3) === 0 ? rearranged(text, next) : asText(mutated(Buffer.from(text), next));
  }
  if (op === 'btcpay.readWebhook' && next(2) === 0) text = text.replace(/sha256=[0-9a-f]{64}/, () => sign(bytes));
  return { op, input: text, raw: bytes };
}

/**
 * JSON with one value altered; anything else as it is.
 * @param {Uint8Array} bytes
 * @param {(below: number) => number} next
 * @returns {Uint8Array<ArrayBuffer>}
 */
function alteredText(bytes, next) {
  try {
    return new TextEncoder().encode(JSON.stringify(altered(JSON.parse(asText(bytes)), next)));
  } catch {
    return new Uint8Array(bytes);
  }
}

/**
 * Mostly of the same type: what is of another is refused early.
 * @param {string} type
 * @param {(below: number) => number} next
 */
function hostile(type, next) {
  const values = next(4) > 0 ? HOSTILE.filter((value) => typeof value === type) : HOSTILE;
  return values[next(values.length)];
}

/**
 * A member left out, two swapped, or a value replaced; also inside a text that holds JSON.
 * @param {any} value
 * @param {(below: number) => number} next
 * @returns {any}
 */
function altered(value, next) {
  if (typeof value === 'string' && /^[{[]/.test(value)) return asText(alteredText(Buffer.from(value), next));
  const names = value !== null && typeof value === 'object' ? Object.keys(value) : [];
  if (names.length === 0 || next(12) === 0) return hostile(typeof value, next);
  const pick = () => names[next(names.length)] ?? '';
  // Wrong settings end a call early, so they are spared mostly.
  let name = pick();
  if (name === 'settings') name = pick();
  const other = pick();
  switch (next(8)) {
    case 0:
      if (Array.isArray(value)) value.splice(Number(name), 1);
      else delete value[name];
      break;
    case 1:
      [value[name], value[other]] = [value[other], value[name]];
      break;
    default:
      value[name] = altered(value[name], next);
  }
  return value;
}

/** @param {Uint8Array} bytes */
const asText = (bytes) => new TextDecoder().decode(bytes);

/**
 * A byte flipped, a piece deleted, a piece doubled, or the end cut off.
 * @param {Uint8Array} bytes
 * @param {(below: number) => number} next
 * @returns {Uint8Array<ArrayBuffer>}
 */
function mutated(bytes, next) {
  const at = next(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + next(12));
  const copy = new Uint8Array(bytes);
  switch (next(4)) {
    case 0:
      if (at < copy.length) copy[at] = (copy[at] ?? 0) ^ (1 << next(8));
      return copy;
    case 1:
      return joined(copy.subarray(0, at), copy.subarray(end));
    case 2:
      return joined(copy.subarray(0, end), copy.subarray(at));
    default:
      return copy.slice(0, at);
  }
}

/**
 * Two members swapped, one left out, or one doubled: mostly JSON still.
 * @param {string} text
 * @param {(below: number) => number} next
 */
function rearranged(text, next) {
  const members = text.split(',');
  const one = next(members.length);
  const other = next(members.length);
  const [first, second] = [members[one] ?? '', members[other] ?? ''];
  switch (next(3)) {
    case 0:
      members[one] = second;
      members[other] = first;
      break;
    case 1:
      members.splice(one, 1);
      break;
    default:
      members.splice(one, 0, second);
  }
  return members.join(',');
}

/** @param {Uint8Array} first @param {Uint8Array} second */
function joined(first, second) {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
