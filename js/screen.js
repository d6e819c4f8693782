import dns from 'node:dns';
import { BlockList, isIP } from 'node:net';
import { failureOf } from './fetch.js';

/** @import { LookupFunction } from 'node:net' */
/** @import { TransportFailure } from './index.d.ts' */

/**
 * Addresses at which no payment server is and a cloud machine's own credentials may be (RFC 3927, RFC 4291, and the metadata
 * services of AWS and Alibaba Cloud that lie outside those). IPv4 rules cover IPv4-mapped IPv6 addresses too.
 */
const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('0.0.0.0', 8, 'ipv4');
refused.addAddress('100.100.100.200', 'ipv4');
refused.addSubnet('fe80::', 10, 'ipv6');
refused.addAddress('::', 'ipv6');
refused.addAddress('fd00:ec2::254', 'ipv6');

/**
 * Whether a host is given by such an address. A name is none: what it leads to is known only where it is looked up.
 * @param {string} hostname as in a URL
 */
export function isRefused(hostname) {
  // Without brackets and the zone of a link-local address.
  const [address = ''] = hostname.replace(/^\[|\]$/g, '').split('%');
  const family = isIP(address);
  return family > 0 && refused.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Whether a host is this machine, by its name alone.
 * @param {string} hostname as in a URL
 */
export const isLoopback = (hostname) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);

/**
 * Refuses a host that has any such address. The connection looks the name up again, so this guards against a careless or
 * hijacked name, not against a resolver that changes its answer between the two; `screenedLookup` does where a connection takes one.
 * @param {string} hostname as in a URL
 * @returns {Promise<TransportFailure | undefined>} undefined where the host may be reached
 */
export async function screen(hostname) {
  try {
    const addresses = await dns.promises.lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
    return addresses.some(({ address }) => isRefused(address)) ? 'blocked' : undefined;
  } catch (error) {
    return failureOf(error);
  }
}

/**
 * The look-up of a connection, which reaches what was screened and nothing else. Addresses in place of names are not looked up:
 * `isRefused` is for them.
 * @type {LookupFunction}
 */
export function screenedLookup(hostname, options, callback) {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    if (addresses.some(({ address }) => isRefused(address))) {
      return callback(Object.assign(new Error('an address of the network itself'), { code: 'KESSAI_BLOCKED' }), '');
    }
    const [{ address, family } = { address: '', family: 0 }] = addresses;
    return options.all ? callback(null, addresses) : callback(null, address, family);
  });
}
