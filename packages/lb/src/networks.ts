/** Lists of addresses and networks as they are configured: `10.0.0.0/8`, `2001:db8::/32`, `192.0.2.7`. */

import { BlockList, isIP } from 'node:net';
import { parseAddress } from './http1/client-identity.ts';

const IPV4_BITS = 32;
const IPV6_BITS = 128;

/**
 * The list of these networks. Addresses are looked up in it without the prefix of an IPv4 address in IPv6
 * form, so a network within `::ffff:0:0/96` counts as the IPv4 network that it is.
 * @param refuse is told of each that is none
 */
export function blockList(
  networks: readonly string[],
  refuse: (index: number, network: string) => void = () => {},
): BlockList {
  const list = new BlockList();
  for (const [index, network] of networks.entries()) {
    const [written = '', bits] = network.split('/');
    const version = isIP(written);
    const most = version === 4 ? IPV4_BITS : IPV6_BITS;
    const prefix = Number(bits ?? most);
    const mapped = version === 6 ? parseAddress(written) : undefined;
    if (version === 0 || prefix > most) {
      refuse(index, network);
    } else if (mapped !== undefined && isIP(mapped) === 4 && prefix >= IPV6_BITS - IPV4_BITS) {
      list.addSubnet(mapped, prefix - (IPV6_BITS - IPV4_BITS), 'ipv4');
    } else {
      list.addSubnet(written, prefix, version === 4 ? 'ipv4' : 'ipv6');
    }
  }
  return list;
}
