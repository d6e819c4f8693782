import { createPrivateKey, X509Certificate } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { readFile } from './ownFile.js';
import { UsageError } from './usageError.js';

/**
 * How a server is known, and how we are known to it.
 * @typedef {object} TlsOptions
 * @property {{ ca?: string, cert?: string, key?: string }} tls PEM, as `node:tls` takes it. `ca`: the authorities that are believed, in
 *   place of the usual ones; `cert`: our own certificate, with those between it and its authority
 * @property {{ from: number, to: number } | undefined} valid when our own certificate is good, in milliseconds since 1970
 */

/**
 * Reads and compares, so that what cannot work is told at the start and not by the first payment.
 * @param {{ ca?: string, cert?: string, key?: string }} names of files
 * @param {{ file: string, where: string }} list that names them
 * @returns {TlsOptions}
 * @throws {UsageError}
 */
export function readTls({ ca, cert, key }, { file, where }) {
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError(`${where}: cert and key go together, a certificate and the private key that it is for`);
  }
  const path = (/** @type {string} */ name) => resolve(dirname(file), name);
  const believed = ca === undefined ? {} : { ca: readFile(path(ca)) };
  if (ca !== undefined) certificate(believed.ca ?? '', path(ca));
  if (cert === undefined || key === undefined) return { tls: believed, valid: undefined };
  const chain = readFile(path(cert));
  const own = certificate(chain, path(cert));
  const secret = readFile(path(key), { isSecret: true });
  if (!own.checkPrivateKey(privateKey(secret, path(key)))) {
    throw new UsageError(`${path(key)} is not the key of the certificate in ${path(cert)}; name the pair`);
  }
  const valid = { from: Date.parse(own.validFrom), to: Date.parse(own.validTo) };
  return { tls: { ...believed, cert: chain, key: secret }, valid };
}

/**
 * @param {string} text
 * @param {string} file
 */
function certificate(text, file) {
  try {
    // The first alone is read by the first; that the rest can be read as well, by the second.
    createSecureContext({ ca: text });
    return new X509Certificate(text);
  } catch {
    throw new UsageError(`${file} holds no certificate in PEM: it must begin with -----BEGIN CERTIFICATE-----`);
  }
}

/**
 * @param {string} text
 * @param {string} file
 */
function privateKey(text, file) {
  try {
    return createPrivateKey(text);
  } catch {
    throw new UsageError(
      `${file} holds no private key in PEM, or one with a passphrase, which nobody could type: openssl pkey -in ${file} -out KEY`,
    );
  }
}
