/**
 * One try at one endpoint. An attempt is made by the pool, which counts it as in flight until it is
 * settled; settling it is the only way to end it, and happens exactly once.
 */

import type { Endpoint, Outcome } from './strategy.ts';

/** One try at one endpoint, from the pick to its outcome. */
export interface Attempt {
  readonly endpoint: Endpoint;
  /** `Clock.now()` when it started. */
  readonly startedMs: number;
  /** `seq` of the pool's last event before it started: orders attempts among changes of state. */
  readonly afterEvent: number;
  /**
   * The head of an answer arrived that is no failure (`Pool.isFailureStatus`): tells latency strategies. At
   * most once.
   */
  firstByte(): void;
  /** The response head goes out to the client: from now on this request is never retried. */
  commit(): void;
  /**
   * Ends the attempt.
   * @throws {Error} if it has ended already: a driver that settles twice would corrupt the counters
   */
  settle(outcome: Outcome): void;
}
