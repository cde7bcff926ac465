/**
 * Which client a request is from: the peer of its connection, or the client that a trusted proxy
 * names. Addresses from fields are parsed before they are compared, hashed or logged; where a
 * field holds no address, the peer stands for the client.
 */

import { type BlockList, isIP, isIPv6, type Socket, SocketAddress } from 'node:net';
import type { Forwarding } from './settings.ts';

/** The other end of a client connection. */
export interface Peer {
  /** Without the prefix of an IPv4 address in IPv6 form. */
  readonly address: string;
  /** Whether its X-Forwarded-* and Forwarded are believed. */
  readonly trusted: boolean;
  /** The port of ours that it connected to. */
  readonly localPort: number;
  /** The fields that tell backends of it, as bytes; unless it is trusted to say that itself. */
  readonly fields: Buffer;
}

/** Describes a client by the two ends of its connection. */
export function peerAt(
  remoteAddress: string,
  localPort: number,
  trustedProxies: BlockList | undefined,
): Peer {
  const address = unmapped(remoteAddress);
  const fields =
    `X-Forwarded-For: ${address}\r\nX-Forwarded-Proto: http\r\n` +
    `X-Forwarded-Port: ${localPort}\r\n`;
  return {
    address,
    trusted: trustedProxies !== undefined && trusts(trustedProxies, address),
    localPort,
    fields: Buffer.from(fields, 'latin1'),
  };
}

/** The peer of one connection; whether it is trusted follows the configuration of the moment. */
export class ConnectionPeer {
  readonly #address: string;
  readonly #localPort: number;
  #forwarding: Forwarding | undefined;
  #peer: Peer | undefined;

  constructor({ remoteAddress = '', localPort = 0 }: Socket) {
    this.#address = remoteAddress;
    this.#localPort = localPort;
  }

  /** The peer as a configuration sees it. */
  under(forwarding: Forwarding): Peer {
    if (this.#peer === undefined || forwarding !== this.#forwarding) {
      this.#forwarding = forwarding;
      this.#peer = peerAt(this.#address, this.#localPort, forwarding.trustedProxies);
    }
    return this.#peer;
  }
}

/** Whether the list has this address. */
export function trusts(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4');
}

/**
 * The last address of a chain of proxies that is not one of ours; the peer's own where the chain names
 * no address (RFC 7239 allows `unknown` and obfuscated names).
 * @param chain as in X-Forwarded-For, the nearest last
 */
export function clientBehind(
  chain: readonly string[],
  peer: string,
  trusted: BlockList | undefined,
): string {
  let client = peer;
  for (let i = chain.length - 1; i >= 0; i--) {
    if (trusted === undefined || !trusts(trusted, client)) break;
    const name = (chain[i] as string).trim();
    if (name === '') continue;
    const address = parseAddress(name);
    if (address === undefined) return peer;
    client = address;
  }
  return client;
}

/** An address as proxies write it: with or without a port, brackets, quotes; undefined: it is none. */
export function parseAddress(name: string): string | undefined {
  const text = name.replace(/^"(.*)"$/, '$1');
  const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text);
  const bare = bracketed?.[1] ?? text.replace(/^([\d.]+):\d{1,5}$/, '$1');
  const address = unmapped(bare.replace(/%.*$/, ''));
  const version = isIP(address);
  if (version === 0 || (bracketed !== null && !bare.includes(':'))) return undefined;
  return version === 4 ? address : unmapped(new SocketAddress({ address, family: 'ipv6' }).address);
}

/** An IPv4 address in IPv6 form as the IPv4 address that it is. */
function unmapped(address: string): string {
  if (!address.includes(':')) return address;
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (dotted !== null) return dotted[1] as string;
  const words = /^(?:0{0,4}:){2,5}ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(address);
  if (words === null || !isIPv6(address)) return address;
  const [high = 0, low = 0] = words.slice(1).map((word) => Number.parseInt(word, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
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

/** The `for` parameters of a Forwarded field (RFC 7239 section 4), the nearest last; absent ones are empty. */
export function forwardedChain(field: string): readonly string[] {
  return splitUnquoted(field, ',').map((element) => {
    for (const pair of splitUnquoted(element, ';')) {
      const match = /^\s*for=(.*)$/i.exec(pair);
      if (match !== null) return (match[1] as string).trim();
    }
    return 'unknown';
  });
}

/** Splits at a separator outside of quoted strings. */
function splitUnquoted(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    if (isQuoted && text[i] === '\\') i++;
    else if (text[i] === '"') isQuoted = !isQuoted;
    else if (text[i] === separator && !isQuoted) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
