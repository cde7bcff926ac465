/**
 * The one queue of a balancer: first come, first served, bounded in length and in time. A linked
 * list through the requests' own records, so that one that leaves in the middle costs O(1).
 */

import type { Exchange } from '../balancer.ts';

/** Requests that wait for an endpoint below its limit. */
export class WaitingLine {
  #head: Exchange | undefined;
  #tail: Exchange | undefined;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get head(): Exchange | undefined {
    return this.#head;
  }

  push(exchange: Exchange): void {
    exchange.life.ahead = this.#tail;
    exchange.life.behind = undefined;
    if (this.#tail === undefined) this.#head = exchange;
    else this.#tail.life.behind = exchange;
    this.#tail = exchange;
    this.#length += 1;
  }

  /** Takes a request out, wherever it stands. */
  remove(exchange: Exchange): void {
    const { ahead, behind } = exchange.life;
    if (ahead === undefined) this.#head = behind;
    else ahead.life.behind = behind;
    if (behind === undefined) this.#tail = ahead;
    else behind.life.ahead = ahead;
    exchange.life.ahead = undefined;
    exchange.life.behind = undefined;
    this.#length -= 1;
  }
}
