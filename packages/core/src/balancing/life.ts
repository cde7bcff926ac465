/** The balancer's notes on one request, kept on the driver's own record so that no request needs a look-up. */

import type { Exchange } from '../balancer.ts';
import type { RunningAttempt } from '../pool/running-attempt.ts';
import type { TimerId } from '../ports.ts';
import type { Endpoint, Failed } from '../strategy.ts';

/** Where a request stands. */
export type LifeState = 'idle' | 'queued' | 'backing-off' | 'running' | 'ending';

/** Shared by all requests that have not failed yet; never written to. */
export const NOBODY: readonly Endpoint[] = [];

/** Made once with each `Exchange`; used again for each request that the record carries. */
export class Life {
  /** @internal */ state: LifeState = 'idle';
  /** @internal */ attempt: RunningAttempt | undefined = undefined;
  /** @internal Endpoints that failed this request. */
  tried: readonly Endpoint[] = NOBODY;
  /** @internal */ attempts = 0;
  /** @internal Attempts in a row at the last endpoint. */
  attemptsHere = 0;
  /** @internal */ lastFailure: Failed | undefined = undefined;
  /** @internal */ timer: TimerId = 0;
  /** @internal */ queuedAtMs = 0;
  /** @internal Neighbours in the waiting line. */
  ahead: Exchange | undefined = undefined;
  /** @internal */ behind: Exchange | undefined = undefined;

  /** @internal The record is free for the next request. */
  reset(): void {
    this.state = 'idle';
    this.attempt = undefined;
    this.tried = NOBODY;
    this.attempts = 0;
    this.attemptsHere = 0;
    this.lastFailure = undefined;
    this.timer = 0;
  }
}
