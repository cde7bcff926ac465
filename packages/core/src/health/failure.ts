/**
 * What counts against an endpoint: connect errors, timeouts, resets, protocol errors, and answers with
 * one of the failure statuses; never a client that left, nor what a client may have caused.
 */

import type { Outcome } from '../strategy.ts';

/**
 * Answers with which a server says that it cannot serve. 500 is among them: an endpoint that answers
 * errors at once looks idle and quick, and would draw the more traffic the more it fails. 501 and 505 are
 * about the request.
 */
export const FAILURE_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/** Does this outcome speak against the endpoint? */
export function isFailure(outcome: Outcome): boolean {
  return outcome.kind === 'failed' && outcome.isNeutral !== true;
}
