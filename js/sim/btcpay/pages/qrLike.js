import { createHash } from 'node:crypto';

const SIZE = 29;
const FINDER = 8;
const MIDDLE = 4;

/**
 * A picture that looks like a QR code and holds nothing: what the simulator asks for no wallet can pay, so that nothing
 * is lost by a camera finding nothing, and a checkout keeps the size and look it has on a real server.
 * @param {string} text different texts, different pictures
 * @returns {string} an SVG path over a square of `QR_SIZE`
 */
export function qrLikePath(text) {
  let bits = '';
  for (let block = 0; bits.length < SIZE * SIZE; block += 1) {
    const digest = createHash('sha256').update(`${block} ${text}`).digest();
    bits += [...digest].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  }
  let path = '';
  for (let y = 0; y < SIZE; y += 1) {
    for (let x = 0; x < SIZE; x += 1) {
      if (isFree(x, y) && bits[y * SIZE + x] === '1') path += `M${x} ${y}h1v1h-1z`;
    }
  }
  return path + [finder(0, 0), finder(SIZE - 7, 0), finder(0, SIZE - 7)].join('');
}

export const QR_SIZE = SIZE;

/**
 * Whether a module is neither a corner mark's nor the middle's, where the page writes a sign.
 * @param {number} x
 * @param {number} y
 */
function isFree(x, y) {
  const far = SIZE - FINDER - 1;
  const inCorner = (x < FINDER && y < FINDER) || (x > far && y < FINDER) || (x < FINDER && y > far);
  const centre = (SIZE - 1) / 2;
  return !inCorner && (Math.abs(x - centre) > MIDDLE || Math.abs(y - centre) > MIDDLE);
}

/**
 * @param {number} x
 * @param {number} y
 */
const finder = (x, y) => `M${x} ${y}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z`;
