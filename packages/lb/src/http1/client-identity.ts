/**
 * Which client a request is from: the peer of its connection, or the client that a trusted proxy
 * names. Addresses from fields are parsed before they are compared, hashed or logged; where a
 * field holds no address, the peer stands for the client.
 */

import { isIP } from 'node:net';
import type { Ends } from '../listener/accepted.ts';
import { canonical, isTrusted, type Trust, UNIX_PEER, unmapped } from '../listener/peer-address.ts';
import type { Forwarding } from './settings.ts';

/** The other end of a client connection. */
export interface Peer {
  /** Without the prefix of an IPv4 address in IPv6 form; UNIX_PEER at a Unix socket. */
  readonly address: string;
  /** The same as fields have it: `unknown` where there is none (RFC 7239 section 6.2). */
  readonly name: string;
  /** Whether its X-Forwarded-* and Forwarded are believed. */
  readonly trusted: boolean;
  /** Both ends of its connection. */
  readonly ends: Ends;
  /** The fields that tell backends of it, as bytes; unless it is trusted to say that itself. */
  readonly fields: Buffer;
}

/** Describes a client by the two ends of its connection. */
function peerAt(ends: Ends, forwarding: Forwarding): Peer {
  const address = unmapped(ends.remoteAddress);
  const name = address === UNIX_PEER ? 'unknown' : address;
  const fields =
    `X-Forwarded-For: ${name}\r\nX-Forwarded-Proto: http\r\n` +
    `X-Forwarded-Port: ${ends.localPort}\r\n`;
  return {
    address,
    name,
    trusted: isTrusted(address, forwarding),
    ends,
    fields: Buffer.from(fields, 'latin1'),
  };
}

/** The peer of one connection; whether it is trusted follows the configuration of the moment. */
export class ConnectionPeer {
  readonly #ends: Ends;
  #forwarding: Forwarding | undefined;
  #peer: Peer | undefined;

  constructor(ends: Ends) {
    this.#ends = ends;
  }

  /** The peer as a configuration sees it. */
  under(forwarding: Forwarding): Peer {
    if (this.#peer === undefined || forwarding !== this.#forwarding) {
      this.#forwarding = forwarding;
      this.#peer = peerAt(this.#ends, forwarding);
    }
    return this.#peer;
  }
}

/**
 * The last address of a chain of proxies that is not one of ours; the peer's own where the chain names
 * no address (RFC 7239 allows `unknown` and obfuscated names).
 * @param chain as in X-Forwarded-For, the nearest last
 */
export function clientBehind(chain: readonly string[], peer: string, trust: Trust): string {
  let client = peer;
  for (let i = chain.length - 1; i >= 0; i--) {
    if (!isTrusted(client, trust)) break;
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
  return canonical(address);
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
