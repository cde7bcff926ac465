/**
 * One request as its driver keeps it, and how it ended. A proxied HTTP request, a TCP connection, a
 * simulated request and an animation are each an `Exchange`.
 *
 * Callbacks on a record that the driver owns, rather than promises: microtasks do not advance with
 * virtual time, and a closure per request would cost more than the decision.
 */

import type { Attempt } from './attempt.ts';
import type { RunningAttempt } from './pool/running-attempt.ts';
import type { TimerId } from './ports.ts';
import type { Endpoint, Failed, RequestInfo } from './strategy.ts';

/**
 * How a request ended. `none`: no endpoint may be asked (503). `queue-full`, `queue-timeout`: all
 * that may be asked were at their limit for too long (503). `failed`: the last attempt's failure is
 * given. `error`: a strategy or policy failed (500); the observer was told why.
 */
export interface Result {
  readonly kind: 'ok' | 'failed' | 'cancelled' | 'none' | 'queue-full' | 'queue-timeout' | 'error';
  /** Attempts made. */
  readonly attempts: number;
  /** The last attempt's failure; present exactly if one failed and none succeeded after it. */
  readonly failure?: Failed | undefined;
}

/** One request, as its driver keeps it. May be pooled: free again once `finished` was called. */
export interface Exchange extends RequestInfo {
  /**
   * The balancer's part of the record; made once with `new DispatchState()`, never read by a
   * driver.
   */
  readonly dispatchState: DispatchState;
  /**
   * Present: the driver can run a second attempt beside the first (hedging). True while it could begin
   * now: the driver has the whole request, and has sent all of it to the first endpoint.
   */
  readonly mayHedge?: boolean;
  /**
   * Start the attempt; settle it when it ends (at once is allowed). Where `mayHedge` is present, it may
   * be a second one while the first runs. The one whose answer comes first is to be committed; the
   * other one is aborted then.
   */
  send(attempt: Attempt): void;
  /** Stop working on the attempt, which the balancer has ended as cancelled. Do not settle it. */
  abort(attempt: Attempt): void;
  /** The request is over. Called exactly once per dispatch, and last. */
  finished(result: Result): void;
}

/** What is kept of a request that is, or may be, hedged. */
export interface Hedge {
  readonly first: RunningAttempt<Exchange>;
  /** Undefined before it is sent, and once it has failed. */
  second: RunningAttempt<Exchange> | undefined;
  /** 0: no second try will begin. */
  timer: TimerId;
}

/** Where a request stands. */
export type DispatchPhase = 'idle' | 'queued' | 'backing-off' | 'running' | 'ending';

/** Shared by all requests that have not failed yet; never written to. */
export const NONE_TRIED: readonly Endpoint[] = [];

/**
 * What the balancer knows of one request, kept on the driver's own record so that no request needs
 * a look-up. Made once with each `Exchange`; used again for each request that the record carries.
 */
export class DispatchState {
  /** @internal */ phase: DispatchPhase = 'idle';
  /** @internal */ attempt: RunningAttempt<Exchange> | undefined = undefined;
  /** @internal Endpoints that failed this request. */
  tried: readonly Endpoint[] = NONE_TRIED;
  /** @internal */ attempts = 0;
  /** @internal Attempts in a row at the last endpoint. */
  attemptsHere = 0;
  /** @internal Failed attempts by which the request may have reached an endpoint. */
  sent = 0;
  /** @internal A retry policy or budget has failed: it is not asked again. */
  hasPolicyError = false;
  /** @internal Of a request that is, or may be, hedged. */
  hedge: Hedge | undefined = undefined;
  /** @internal */ lastFailure: Failed | undefined = undefined;
  /** @internal */ timer: TimerId = 0;
  /** @internal */ queuedAtMs = 0;
  /** @internal Neighbours in the balancer's queue. */
  previousInQueue: Exchange | undefined = undefined;
  /** @internal */ nextInQueue: Exchange | undefined = undefined;

  /** @internal The record is free for the next request. */
  reset(): void {
    this.phase = 'idle';
    this.attempt = undefined;
    this.tried = NONE_TRIED;
    this.attempts = 0;
    this.attemptsHere = 0;
    this.sent = 0;
    this.hasPolicyError = false;
    this.hedge = undefined;
    this.lastFailure = undefined;
    this.timer = 0;
  }
}
