/**
 * Slow start: an endpoint that has just come (back) has cold caches and empty connection pools, and
 * gets its share of traffic by degrees. Envoy's formula, which nginx's `slow_start` and HAProxy's
 * `slowstart` are special cases of (aggression 1 is linear).
 */

import { pow } from '../math.ts';

/**
 * The share of its weight that an endpoint gets, by the time it has been back. Pure. One that
 * throws, or returns what is no factor, gives the endpoint its full share, and the error is
 * reported.
 */
export interface SlowStart {
  /** From then on an endpoint has its full share; ≥ 0. */
  readonly windowMs: number;
  /** @param sinceMs time since it became ready, ≥ 0. @returns a factor in (0, 1] */
  factor(sinceMs: number): number;
}

/** Tuning of slow start. */
export interface SlowStartOptions {
  readonly windowMs?: number | undefined;
  /** 1 is linear; more gives a larger share early on. */
  readonly aggression?: number | undefined;
  /** Smallest factor, in (0, 1]. */
  readonly minFactor?: number | undefined;
}

/** max(minFactor, (max(t, 1 s) / window)^(1/aggression)). */
export function slowStart(options: SlowStartOptions = {}): SlowStart {
  const { windowMs = 60_000, aggression = 1, minFactor = 0.1 } = options;
  return {
    windowMs,
    factor(sinceMs: number): number {
      const share = Math.min(1, Math.max(sinceMs, 1000) / windowMs);
      return Math.max(minFactor, aggression === 1 ? share : pow(share, 1 / aggression));
    },
  };
}
