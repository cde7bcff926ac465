/**
 * Addresses of the other ends of connections: in one spelling, compared with lists, and taken together where
 * one client has many.
 */

import { type BlockList, isIP, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** In place of an address, for a peer at a Unix socket: it has none. */
export const UNIX_PEER = 'unix:';

/** Which peers are believed about the clients behind them. */
export interface Trust {
  /** Absent: none are. */
  readonly trustedProxies?: BlockList | undefined;
  /** Those that come by a Unix socket are. */
  readonly trustsUnix: boolean;
}

/** Whether a peer is believed about the clients behind it. */
export function isTrusted(address: string, { trustedProxies, trustsUnix }: Trust): boolean {
  if (address === UNIX_PEER) return trustsUnix;
  return trustedProxies !== undefined && trusts(trustedProxies, address);
}

/** Whether the list has this address. */
export function trusts(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/** An IPv4 address in IPv6 form as the IPv4 address that it is. */
export function unmapped(address: string): string {
  if (!address.includes(':')) return address;
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (dotted !== null) return dotted[1] as string;
  const words = /^(?:0{0,4}:){2,5}ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address);
  if (words === null || !isIPv6(address)) return address;
  const [high = 0, low = 0] = words.slice(1).map((word) => Number.parseInt(word, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** An IPv6 address in the spelling of RFC 5952, an IPv4 address within one as itself. */
export function canonical(address: string): string {
  if (!isIPv6(address)) return address;
  return unmapped(new SocketAddress({ address, family: 'ipv6' }).address);
}

/** The 4 or 16 bytes of an address without a zone. */
export function addressBytes(address: string): number[] {
  if (isIPv4(address)) return address.split('.').map(Number);
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (dotted !== null) {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.slice(2).map(Number);
    const words = [(a << 8) | b, (c << 8) | d].map((word) => word.toString(16));
    return addressBytes(`${dotted[1]}${words.join(':')}`);
  }
  const [before = '', after] = address.split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const groups = [...head, ...Array(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  return groups.flatMap((group) => {
    const word = Number.parseInt(group, 16);
    return [word >> 8, word & 255];
  });
}

/** What stands for one client: an IPv4 address, or the /64 of an IPv6 address, which one client has whole. */
export function networkOf(written: string): string {
  const address = unmapped(written);
  if (!address.includes(':')) return address;
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  if (after !== undefined) {
    const tail = after === '' ? 0 : after.split(':').length;
    while (groups.length + tail < 8) groups.push('0');
  }
  return `${groups.slice(0, 4).join(':')}::`;
}
