/**
 * When a failed request is tried again, where, and after how long. Two policies: the standard one
 * (another endpoint, jittered backoff, a budget) and the classic one of simple load balancers
 * (the same server a few times, then the next), kept for comparison.
 */

import type { Random } from '../ports.ts';
import type { Failed, RequestInfo } from '../strategy.ts';
import { isSafeToRepeat, RETRY_ON, RETRY_STATUSES, type RetryOn, retryKind } from './classify.ts';

/** How far a request has come. */
export interface Progress {
  /** Attempts made, the failed one included. */
  readonly attempts: number;
  /** Of these, how many in a row at the endpoint that failed just now. */
  readonly attemptsHere: number;
  /** Different endpoints asked. */
  readonly endpointsTried: number;
  /** Attempts by which the request may have reached an endpoint, the failed one included. */
  readonly sent: number;
  /** Members of the pool. */
  readonly endpoints: number;
}

/** What follows a failure. */
export interface RetryStep {
  readonly again: 'no' | 'same' | 'elsewhere';
  /** The endpoint is to be taken out before going on. */
  readonly marksDown: boolean;
}

/**
 * Decides what follows a failure. One value serves all requests of a balancer; what it may know of
 * one is in its arguments. A policy that throws ends the request it was asked about, with the
 * result `error`.
 */
export interface RetryPolicy {
  /**
   * Called for failures of requests whose response has not been passed on. Must not change
   * anything: it may be called more than once for one failure (`Balancer.wouldRetry`).
   */
  after(failure: Failed, request: RequestInfo, progress: Progress): RetryStep;
  /** The wait before the next attempt, ≥ 0. Called once for each retry; may draw jitter. */
  delayMs(progress: Progress): number;
  /** Retries are paid for from the budget. */
  readonly isBudgeted: boolean;
}

const STOP: RetryStep = { again: 'no', marksDown: false };
const ELSEWHERE: RetryStep = { again: 'elsewhere', marksDown: false };
const SAME: RetryStep = { again: 'same', marksDown: false };
const STOP_DOWN: RetryStep = { again: 'no', marksDown: true };
const ELSEWHERE_DOWN: RetryStep = { again: 'elsewhere', marksDown: true };

/** Tuning of the standard policy. */
export interface StandardRetryOptions {
  /** Attempts in all, ≥ 1; 1 means no retry. */
  readonly tries?: number | undefined;
  readonly on?: readonly RetryOn[] | undefined;
  /** Answers that `status` in `on` stands for; default `RETRY_STATUSES`. */
  readonly statuses?: ReadonlySet<number> | undefined;
  readonly backoffBaseMs?: number | undefined;
  readonly backoffMaxMs?: number | undefined;
}

/**
 * Full jitter (AWS architecture blog, 2015): uniform in [0, (2^N − 1) · base), capped, N = retry
 * number.
 */
export function backoffMs(retry: number, baseMs: number, maxMs: number, random: Random): number {
  // 2^30 is beyond any cap, and the last power that fits a shift.
  const steps = 1 << Math.min(retry, 30);
  return random.next() * Math.min(maxMs, (steps - 1) * baseMs);
}

/**
 * A request that may have reached an endpoint is sent to one more at the most: a third would occupy a third.
 * Dials that fail cost the endpoints nothing, and count against `tries` only.
 */
const SENT_MAX = 2;

/** Tries elsewhere, after a jittered wait, within a budget. */
export function standardRetries(random: Random, options: StandardRetryOptions = {}): RetryPolicy {
  const { tries = 3, on = RETRY_ON, statuses = RETRY_STATUSES } = options;
  const { backoffBaseMs = 25, backoffMaxMs = 250 } = options;
  return {
    isBudgeted: true,
    after(failure: Failed, request: RequestInfo, progress: Progress): RetryStep {
      if (progress.attempts >= tries || !on.includes(retryKind(failure.cause))) return STOP;
      if (failure.cause === 'status' && !statuses.has(failure.status ?? 0)) return STOP;
      if (failure.requestSent && progress.sent >= SENT_MAX) return STOP;
      return isSafeToRepeat(failure, request) ? ELSEWHERE : STOP;
    },
    delayMs: (progress: Progress): number =>
      backoffMs(progress.attempts, backoffBaseMs, backoffMaxMs, random),
  };
}

/** Tuning of the classic policy. */
export interface ClassicRetryOptions {
  /** Retries at one server before it is marked down. */
  readonly retriesPerServer?: number | undefined;
  readonly delayMs?: number | undefined;
}

/**
 * The simple load balancers' way: the same server again, 10 ms apart; when that has failed
 * `retriesPerServer` times it is marked down and the next one is asked, each server at most once.
 * It has no budget because its attempts are bounded, and does nothing to spare an overloaded
 * server.
 */
export function classicRetries(options: ClassicRetryOptions = {}): RetryPolicy {
  const { retriesPerServer = 3, delayMs = 10 } = options;
  return {
    isBudgeted: false,
    after(failure: Failed, request: RequestInfo, progress: Progress): RetryStep {
      if (failure.cause === 'status' || !isSafeToRepeat(failure, request)) return STOP;
      const { attempts, attemptsHere, endpointsTried, endpoints } = progress;
      // Every endpoint was tried already, and this one was asked again all the same.
      if (attempts > endpointsTried * (retriesPerServer + 1)) return STOP_DOWN;
      if (attemptsHere <= retriesPerServer) return SAME;
      return endpointsTried >= endpoints ? STOP_DOWN : ELSEWHERE_DOWN;
    },
    delayMs: (): number => delayMs,
  };
}
