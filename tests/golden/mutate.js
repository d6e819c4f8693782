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

/**
 * One call with a few things wrong with its input or its raw body.
 * @param {Call[]} seeds
 * @param {(below: number) => number} next
 * @returns {Call}
 */
export function mutant(seeds, next) {
  const { op, input, raw } = /** @type {Call} */ (seeds[next(seeds.length)]);
  const other = /** @type {Call} */ (seeds[next(seeds.length)]);
  if (next(16) === 0) return { op: other.op, input, raw };
  let bytes = new Uint8Array(raw);
  let text = input;
  for (let times = 1 + next(3); times > 0; times--) {
    if (raw.length > 0 && next(2) === 0) bytes = mutated(bytes, next);
    else text = next(3) === 0 ? rearranged(text, next) : asText(mutated(Buffer.from(text), next));
  }
  return { op, input: text, raw: bytes };
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
