/**
 * The client connections of a front: how many there are, in all and from one address, and which of them has
 * been idle for longest, to make room for a new one.
 */

import { IdlePlace } from './idle-list.ts';
import { networkOf } from './peer-address.ts';

/** A connection, as far as the table needs it. */
export interface Tabled<C> {
  /** The client's own end of it. */
  readonly remoteAddress: string;
  /** Its place among those without a request; the table's to move. */
  readonly idlePlace: IdlePlace<C>;
}

export class ClientTable<C extends Tabled<C>> implements Iterable<C> {
  readonly #all = new Set<C>();
  /** Without a request; the one that has been so for longest is first. */
  readonly #idle = new IdlePlace<C>(undefined);
  readonly #countByNetwork = new Map<string, number>();

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): Iterator<C> {
    return [...this.#all][Symbol.iterator]();
  }

  /** The one that has been idle for longest; undefined: none is idle. */
  get longestIdle(): C | undefined {
    return this.#idle.next.member;
  }

  /** Connections from this address (IPv6: from its /64). */
  countAt(address: string): number {
    return this.#countByNetwork.get(networkOf(address)) ?? 0;
  }

  /** A new connection, idle until it is said to be busy. */
  add(client: C): void {
    this.#all.add(client);
    this.idle(client);
    this.#count(client, 1);
  }

  delete(client: C): void {
    if (!this.#all.delete(client)) return;
    this.busy(client);
    this.#count(client, -1);
  }

  idle(client: C): void {
    client.idlePlace.enter(this.#idle);
  }

  busy(client: C): void {
    client.idlePlace.leave();
  }

  #count(client: C, by: number): void {
    const network = networkOf(client.remoteAddress);
    const count = (this.#countByNetwork.get(network) ?? 0) + by;
    if (count === 0) this.#countByNetwork.delete(network);
    else this.#countByNetwork.set(network, count);
  }
}
