/**
 * The client connections of a front: how many there are, in all and from one address, and which of them has
 * been idle for longest, to make room for a new one.
 */

import { networkOf } from './client-identity.ts';

/** A connection, as far as the table needs it. */
export interface Tabled {
  /** The client's own end of it. */
  readonly remoteAddress: string;
}

export class ClientTable<C extends Tabled> implements Iterable<C> {
  readonly #all = new Set<C>();
  /** Without a request; the one that has been so for longest is first. */
  readonly #idle = new Set<C>();
  readonly #countByNetwork = new Map<string, number>();

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<C> {
    return [...this.#all][Symbol.iterator]();
  }

  /** The one that has been idle for longest; undefined: none is idle. */
  get longestIdle(): C | undefined {
    const [first] = this.#idle;
    return first;
  }

  /** Connections from this address (IPv6: from its /64). */
  countAt(address: string): number {
    return this.#countByNetwork.get(networkOf(address)) ?? 0;
  }

  /** A new connection, idle until it is said to be busy. */
  add(client: C): void {
    this.#all.add(client);
    this.#idle.add(client);
    this.#count(client, 1);
  }

  delete(client: C): void {
    if (!this.#all.delete(client)) return;
    this.#idle.delete(client);
    this.#count(client, -1);
  }

  idle(client: C): void {
    this.#idle.add(client);
  }

  busy(client: C): void {
    this.#idle.delete(client);
  }

  #count(client: C, by: number): void {
    const network = networkOf(client.remoteAddress);
    const count = (this.#countByNetwork.get(network) ?? 0) + by;
    if (count === 0) this.#countByNetwork.delete(network);
    else this.#countByNetwork.set(network, count);
  }
}
