/**
 * The balancer: pick → send → outcome → retry or end, the same for every driver. This file is the
 * contract; `RequestBalancer` in balancer/ is the implementation, and `createCluster` makes one.
 */

import type { Exchange } from './exchange.ts';
import type { Failed } from './strategy.ts';

/** Drives requests through a pool. */
export interface Balancer {
  /** Takes a request. `send` or `finished` may be called before this returns. */
  dispatch(exchange: Exchange): void;
  /**
   * Ends a request in whatever phase it is: queued, waiting to retry, or running. Its `finished` is
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
