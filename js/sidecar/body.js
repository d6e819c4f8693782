import { readCapped } from '../fetch.js';
import { jsonOf } from '../json.js';
import { Refusal } from './refusal.js';

/** Bytes of a request's body. Above what the core takes (4 MB of input, 1 MB of a webhook), so that it is the core that tells. */
const LIMIT = 6 * 1024 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The member that holds the raw bytes of a JSON body. */
const RAW_MEMBER = 'rawBase64';

/**
 * What a request asks of the core: the input as text, untouched, and the raw bytes.
 * @param {Request} request
 * @param {number} deadline on the clock of `performance.now()`
 * @returns {Promise<{ text: string, raw: Uint8Array | undefined }>}
 * @throws {Refusal}
 */
export async function readBody(request, deadline) {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/octet-stream') throw new Refusal('sidecar.contentType');
  if (Number(request.headers.get('content-length')) > LIMIT) throw new Refusal('sidecar.tooLarge');
  const bytes = await inTime(bytesOf(request), deadline);
  if (!bytes) throw new Refusal('sidecar.tooLarge');
  return type === 'application/json' ? ofJson(bytes) : { text: ofHeader(request), raw: bytes };
}

/**
 * All bytes of a body, or undefined where there are too many. To a length that was told HTTP itself holds the client.
 * @param {Request} request
 */
async function bytesOf(request) {
  const isTold = request.headers.has('content-length');
  return isTold ? new Uint8Array(await request.arrayBuffer()) : readCapped(request.body, LIMIT);
}

/** @param {Uint8Array} bytes */
function ofJson(bytes) {
  let text;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Refusal('sidecar.malformed', 'the body is not UTF-8');
  }
  if (!text.includes(`"${RAW_MEMBER}"`)) return { text, raw: undefined };
  // What is no JSON goes on as it is: the core says so in its own words.
  const { [RAW_MEMBER]: encoded, ...input } = /** @type {Record<string, unknown>} */ (jsonOf(text) ?? {});
  if (encoded === undefined) return { text, raw: undefined };
  if (typeof encoded !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) {
    throw new Refusal('sidecar.malformed', `${RAW_MEMBER} is not Base64`);
  }
  return { text: JSON.stringify(input), raw: new Uint8Array(Buffer.from(encoded, 'base64')) };
}

/** @param {Request} request */
function ofHeader(request) {
  const text = request.headers.get('kessai-input');
  if (text === null) throw new Refusal('sidecar.malformed', 'the header kessai-input is missing');
  // Header values have no encoding: what is not ASCII would reach the core as something else.
  if (!/^[\x20-\x7e]*$/.test(text)) throw new Refusal('sidecar.malformed', 'the header kessai-input is not ASCII');
  return text;
}

/**
 * @template T
 * @param {Promise<T>} work
 * @param {number} deadline
 * @returns {Promise<T>}
 */
async function inTime(work, deadline) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Refusal('sidecar.slowBody')), Math.max(deadline - performance.now(), 0));
  });
  try {
    return /** @type {T} */ (await Promise.race([work, late]));
  } catch (error) {
    // The other side went away in the middle.
    throw error instanceof Refusal ? error : new Refusal('sidecar.malformed', 'the body ended early');
  } finally {
    clearTimeout(timer);
  }
}
