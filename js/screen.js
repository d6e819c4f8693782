import { lookup } from 'node:dns/promises';
import { BlockList } from 'node:net';
import { failureOf } from './fetch.js';

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
 * Refuses a host that has any such address. The connection looks the name up again, so this guards against a careless or
 * hijacked name, not against a resolver that changes its answer between the two.
 * @param {string} hostname as in a URL
 * @returns {Promise<TransportFailure | undefined>} undefined where the host may be reached
 */
export async function screen(hostname) {
  try {
    const addresses = await lookup(hostname.replace(/^\[|\]$/g, ''), { all: true });
    const blocked = addresses.some(({ address, family }) => refused.check(address, family === 6 ? 'ipv6' : 'ipv4'));
    return blocked ? 'blocked' : undefined;
  } catch (error) {
    return failureOf(error);
  }
}
