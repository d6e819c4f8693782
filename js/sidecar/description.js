import { readFileSync } from 'node:fs';
import { version } from '../node.js';

/**
 * What the server says of itself: OpenAPI, generated from the core's own types (js/dev/openapi.js).
 * @returns {Record<string, any>}
 */
export function readDescription() {
  const { info, ...rest } = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8'));
  return { ...rest, info: { ...info, version } };
}

/**
 * What a client compares with its own: the version of kessai, and the number of its operation table (src/api/ops.rs).
 * @param {Record<string, any>} description
 * @returns {Record<string, string>} headers of every reply
 */
export const versionsOf = ({ info }) => ({
  'kessai-version': info.version,
  'kessai-ops': String(info['x-kessai-ops']),
});
