/**
 * Hears what happens in a run, in its order: for a trace, or for a picture. A run without one pays for a
 * comparison per event, and the run is the same with and without.
 */

import type { ClientOutcome } from '../stats/recorder.ts';
import type { BackendOutcome } from './job.ts';
import type { BalancerEvent } from './result.ts';

/** How an attempt ended for its balancer: as the backend did it, or because none waited any longer. */
export type AttemptEnd = BackendOutcome | { readonly kind: 'timeout' | 'given up' };

/**
 * Times are virtual, in ms from the start of the load. A request is known by its number in the plan (the same
 * again if its client repeats it), an attempt by that of its job, which is used again once the job is over.
 */
export interface RunObserver {
  /** A client sends a request, for the `repeat`-th time again. */
  sent(atMs: number, request: number, repeat: number): void;
  /** A balancer sends it to a backend. */
  attempt(atMs: number, job: number, request: number, backend: string): void;
  /** A backend begins with the work, which takes so long if nothing disturbs it. */
  serving(atMs: number, job: number, serviceMs: number): void;
  /** The work is done, although perhaps none waits for it any more. */
  worked(atMs: number, job: number): void;
  /** The head of an answer is out, the rest follows later. */
  head(atMs: number, request: number, backend: string, status: number): void;
  /** The attempt is over; its connection is held open for `closingMs` more. */
  attemptEnded(
    atMs: number,
    job: number,
    request: number,
    backend: string,
    end: AttemptEnd,
    closingMs: number,
  ): void;
  /** The request is over. */
  finished(atMs: number, request: number, end: ClientOutcome, responseMs: number): void;
  /** A process is gone, with all that it was working on. */
  stopped(atMs: number, backend: string): void;
  fault(atMs: number, what: 'begins' | 'ends', kind: string, backend: string): void;
  action(atMs: number, state: string, backend: string): void;
  /** A balancer thinks otherwise of a backend. */
  pool(event: BalancerEvent): void;
}
