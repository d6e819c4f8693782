import { loadCases, resolve } from '../../golden/cases.js';

/** JSON in ASCII, as a header takes it. @param {string} text */
const ascii = (text) => text.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Every golden case as a request to the sidecar, and where it has raw bytes as both kinds of request.
 * @returns {{ name: string, route: string, sent: { headers: Record<string, string>, body: string | Uint8Array }, reply: any }[]}
 */
export function goldenRequests() {
  return loadCases().flatMap(({ path, op, reply, ...golden }) => {
    const { input, raw } = resolve(golden);
    const asked = { route: `/v1/pure/${op}`, reply };
    const headers = { 'content-type': 'application/json' };
    if (raw.length === 0) return [{ ...asked, name: path, sent: { headers, body: input } }];
    const rawBase64 = Buffer.from(raw).toString('base64');
    const bytes = { 'content-type': 'application/octet-stream', 'kessai-input': ascii(input) };
    return [
      { ...asked, name: `${path}, JSON`, sent: { headers, body: JSON.stringify({ ...JSON.parse(input), rawBase64 }) } },
      { ...asked, name: `${path}, bytes`, sent: { headers: bytes, body: raw } },
    ];
  });
}
