import { readFileSync } from 'node:fs';
import { assemble } from './api.js';
import { failure, KessaiError } from './error.js';
import { screen } from './screen.js';
import { loadCore } from './wasm.js';
import { rawBytes } from './webhook.js';

/** @import { Kessai, Options } from './index.d.ts' */

export { webhookHandler } from './webhook.js';
export { KessaiError };

/** @type {string} */
export const version = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;

/** @type {import('./core.js').Core['call']} */
const call = (op, input, raw) => loadCore().call(op, input, raw);

/**
 * kessai for one shop, with its settings and its database.
 * @param {Options} options
 * @returns {Kessai}
 */
export function createKessai(options) {
  // Whoever runs the shop sees more, or less, without a change of its code.
  const { KESSAI_LOG: logLevel = options.logLevel } = process.env;
  return assemble(
    { call, screen, runtime: { name: 'node', version: process.versions.node } },
    { ...options, logLevel: /** @type {Options['logLevel']} */ (logLevel) },
  );
}

/**
 * Signs a webhook body as BTCPay Server does, for a shop's own tests.
 * @param {string | Uint8Array} rawBody
 * @param {string} secret
 * @returns {{ header: string, value: string }}
 * @throws {KessaiError} where the secret is empty, or the body was parsed
 */
export function signWebhook(rawBody, secret) {
  const { ok, err } = call(
    'btcpay.signWebhook',
    { secret },
    rawBytes(rawBody, (code) => failure(call, code)),
  );
  if (err) throw new KessaiError(err);
  return /** @type {{ header: string, value: string }} */ (ok);
}
