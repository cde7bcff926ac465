/**
 * The balancer's queue: first come, first served; the balancer bounds its length and the time spent
 * in it. A linked list through the requests' own records, so that one that leaves in the middle
 * costs O(1).
 */

import type { Exchange } from '../exchange.ts';

/** Requests that wait for an endpoint below its limit. */
export class RequestQueue {
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
    exchange.dispatchState.previousInQueue = this.#tail;
    exchange.dispatchState.nextInQueue = undefined;
    if (this.#tail === undefined) this.#head = exchange;
    else this.#tail.dispatchState.nextInQueue = exchange;
    this.#tail = exchange;
    this.#length += 1;
  }

  /** Takes a request out, wherever it stands. */
  remove(exchange: Exchange): void {
    const { previousInQueue, nextInQueue } = exchange.dispatchState;
    if (previousInQueue === undefined) this.#head = nextInQueue;
    else previousInQueue.dispatchState.nextInQueue = nextInQueue;
    if (nextInQueue === undefined) this.#tail = previousInQueue;
    else nextInQueue.dispatchState.previousInQueue = previousInQueue;
    exchange.dispatchState.previousInQueue = undefined;
    exchange.dispatchState.nextInQueue = undefined;
    this.#length -= 1;
  }
}
