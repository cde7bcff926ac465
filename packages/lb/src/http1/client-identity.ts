/** The client of a connection: its address, and whom it is believed to speak for. */

import type { BlockList } from 'node:net';

/** The other end of a client connection. */
export interface Peer {
  readonly address: string;
  /** Whether its X-Forwarded-* are believed. */
  readonly trusted: boolean;
  /** The fields that tell backends of it, as bytes; unless it is trusted to say that itself. */
  readonly fields: Buffer;
}

/** Describes a client by its address. */
export function peerAt(address: string, trustedProxies: BlockList | undefined): Peer {
  return {
    address,
    trusted: trustedProxies !== undefined && trusts(trustedProxies, address),
    fields: Buffer.from(`X-Forwarded-For: ${address}\r\nX-Forwarded-Proto: http\r\n`, 'latin1'),
  };
}

/** The last address of the chain that is not one of our proxies. */
export function clientBehind(chain: string, peer: string, trusted: BlockList | undefined): string {
  let client = peer;
  for (const address of chain.split(',').reverse()) {
    if (trusted === undefined || !trusts(trusted, client)) break;
    const candidate = address.trim();
    if (candidate === '') break;
    client = candidate;
  }
  return client;
}

/** Whether the list has this address; false for what is no address. */
export function trusts(list: BlockList, address: string): boolean {
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
