/**
 * What counts against an endpoint: connect errors, timeouts, resets, protocol errors, and the three
 * statuses with which a server says that it cannot serve. Not 500, which is an answer, and never
 * a client that left.
 */

import type { Outcome } from '../strategy.ts';

/** 502, 503 and 504: a driver settles such an attempt as failed with cause `status`. */
export function isFailureStatus(status: number): boolean {
  return status >= 502 && status <= 504;
}

/** Does this outcome speak against the endpoint? */
export function isFailure(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.isNeutral !== true;
}
