/** Authorities and certificates for one test, made by openssl. */
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './serving.js';

/** @typedef {{ cert: string, key: string }} Pair names of files */

/** @param {import('node:test').TestContext} t */
export function authority(t) {
  const at = folder(t);
  const ca = { cert: join(at, 'ca.pem'), key: join(at, 'ca.key') };
  let made = 0;
  make(ca, 'an authority of the test', []);
  return {
    ca: ca.cert,
    /**
     * One that is good for two days.
     * @param {string} name
     * @returns {Pair}
     */
    issue(name) {
      const pair = { cert: join(at, `${++made}.pem`), key: join(at, `${made}.key`) };
      const san = /^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`;
      make(pair, name, ['-CA', ca.cert, '-CAkey', ca.key, '-addext', `subjectAltName=${san}`]);
      chmodSync(pair.key, 0o640);
      return pair;
    },
  };
}

/**
 * @param {Pair} pair
 * @param {string} name
 * @param {string[]} more
 */
function make({ cert, key }, name, more) {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', `/CN=${name}`, '-days', '2', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', ...curve, ...names, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
}
