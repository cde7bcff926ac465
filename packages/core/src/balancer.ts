/**
 * One request's life: pick → send → outcome → retry or end. The same for a proxied HTTP request, a
 * TCP connection, a simulated service and an animation: each is an `Exchange`.
 *
 * This file is the contract; `createBalancer` in balancing/ is the implementation. Callbacks on a
 * record that the driver owns, rather than promises: microtasks do not advance with virtual time,
 * and a closure per request would cost more than the decision.
 */

import type { Attempt } from './attempt.ts';
import type { Life } from './balancing/life.ts';
import type { Failed, RequestInfo } from './strategy.ts';

/**
 * How a request ended. `none`: nobody to ask (503). `queue-full`, `queue-timeout`: all who could be
 * asked were at their limit for too long (503). `failed`: the last attempt's failure is given.
 */
export interface Result {
  readonly kind: 'ok' | 'failed' | 'cancelled' | 'none' | 'queue-full' | 'queue-timeout';
  /** Attempts made. */
  readonly attempts: number;
  /** The last attempt's failure; present exactly if one failed and none succeeded after it. */
  readonly failure?: Failed | undefined;
}

/** One request, as its driver keeps it. May be pooled: free again once `finished` was called. */
export interface Exchange extends RequestInfo {
  /** The balancer's notes on this request; made once with `new Life()`, never read by a driver. */
  readonly life: Life;
  /** Start the attempt; settle it when it ends (at once is allowed). */
  send(attempt: Attempt): void;
  /** Stop working on the attempt, which the balancer has ended as cancelled. Do not settle it. */
  abort(attempt: Attempt): void;
  /** The request is over. Called exactly once per dispatch, and last. */
  finished(result: Result): void;
}

/** Drives requests through a pool. */
export interface Balancer {
  /** Takes a request. `send` or `finished` may be called before this returns. */
  dispatch(exchange: Exchange): void;
  /**
   * Ends a request in whatever state it is: queued, waiting to retry, or running. Its `finished` is
   * called with `cancelled` before this returns. No effect on one that is over.
   */
  cancel(exchange: Exchange): void;
  /**
   * Would this failure be followed by another attempt? Asks without side effect, so that a driver
   * can decide whether to pass a 503 on or to swallow it.
   */
  wouldRetry(exchange: Exchange, failure: Failed): boolean;
  /** Requests waiting for an endpoint below its limit. */
  readonly queued: number;
}
