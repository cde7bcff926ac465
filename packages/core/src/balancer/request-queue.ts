/**
 * The balancer's queue: first come, first served, each for a limited time; the balancer bounds its
 * length. A linked list through the requests' own records, so that one that leaves in the middle
 * costs O(1), and one timer, for the request that has waited longest.
 */

import type { Exchange } from '../exchange.ts';
import type { Clock, TimerId } from '../ports.ts';

/** Requests that wait for an endpoint below its limit. */
export class RequestQueue {
  readonly #clock: Clock;
  readonly #expired: (exchange: Exchange) => void;
  #timeoutMs = 0;
  #timer: TimerId = 0;
  #head: Exchange | undefined;
  #tail: Exchange | undefined;
  #length = 0;
  /** Those that have not failed yet: any endpoint will do. */
  #firstAttempts = 0;

  /** @param expired called for a request that has left the queue because its time was up */
  constructor(clock: Clock, expired: (exchange: Exchange) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  get length(): number {
    return this.#length;
  }

  get head(): Exchange | undefined {
    return this.#head;
  }

  /** Requests in the queue for which any endpoint will do. */
  get firstAttempts(): number {
    return this.#firstAttempts;
  }

  /** Counts from when each request was queued, also for those that are queued now. */
  set timeoutMs(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
    this.#clock.cancel(this.#timer);
    this.#arm();
  }

  push(exchange: Exchange): void {
    const { dispatchState: state } = exchange;
    state.queuedAtMs = this.#clock.now();
    state.previousInQueue = this.#tail;
    state.nextInQueue = undefined;
    if (this.#tail === undefined) this.#head = exchange;
    else this.#tail.dispatchState.nextInQueue = exchange;
    this.#tail = exchange;
    this.#length += 1;
    if (state.tried.length === 0) this.#firstAttempts += 1;
    if (this.#timer === 0) this.#arm();
  }

  /** Takes a request out, wherever it stands. */
  remove(exchange: Exchange): void {
    const { dispatchState: state } = exchange;
    const { previousInQueue, nextInQueue } = state;
    if (previousInQueue === undefined) this.#head = nextInQueue;
    else previousInQueue.dispatchState.nextInQueue = nextInQueue;
    if (nextInQueue === undefined) this.#tail = previousInQueue;
    else nextInQueue.dispatchState.previousInQueue = previousInQueue;
    state.previousInQueue = undefined;
    state.nextInQueue = undefined;
    this.#length -= 1;
    if (state.tried.length === 0) this.#firstAttempts -= 1;
    if (this.#length > 0) return;
    this.#clock.cancel(this.#timer);
    this.#timer = 0;
  }

  #arm(): void {
    this.#timer = 0;
    if (this.#head === undefined) return;
    const dueMs = this.#head.dispatchState.queuedAtMs + this.#timeoutMs;
    const delayMs = Math.max(0, dueMs - this.#clock.now());
    this.#timer = this.#clock.after(delayMs, () => this.#expire());
  }

  #expire(): void {
    const nowMs = this.#clock.now();
    this.#timer = 0;
    for (let head = this.#head; head !== undefined; head = this.#head) {
      if (head.dispatchState.queuedAtMs + this.#timeoutMs > nowMs) break;
      this.remove(head);
      this.#expired(head);
    }
    if (this.#timer === 0) this.#arm();
  }
}
