/** The trace of a run, one line per event: what `--trace` writes. */

import type { AttemptEnd, RunObserver } from './observer.ts';
import type { BalancerEvent } from './result.ts';

/** Receives the lines. */
export type TraceSink = (line: string) => void;

/** Writes events as lines `time what details`; times in ms, with all their digits. */
export class Tracer implements RunObserver {
  readonly #sink: TraceSink;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  sent(atMs: number, request: number, repeat: number): void {
    this.#sink(`${atMs} request ${request}${repeat > 0 ? ` repeat=${repeat}` : ''}`);
  }

  attempt(atMs: number, _job: number, request: number, backend: string): void {
    this.#sink(`${atMs} attempt ${request} at ${backend}`);
  }

  serving(): void {
    // Follows from the others.
  }

  worked(): void {
    // Follows from the others.
  }

  head(atMs: number, request: number, backend: string, status: number): void {
    this.#sink(`${atMs} head ${request} at ${backend} ${status}`);
  }

  attemptEnded(
    atMs: number,
    _job: number,
    request: number,
    backend: string,
    end: AttemptEnd,
    closingMs: number,
  ): void {
    // Whether its client left or its balancer cancelled it: the end of its request tells.
    if (end.kind === 'given up') return;
    const closing = closingMs > 0 ? ` closing=${closingMs}` : '';
    this.#sink(`${atMs} ended ${request} at ${backend} ${described(end)}${closing}`);
  }

  finished(atMs: number, request: number, end: string, responseMs: number): void {
    this.#sink(`${atMs} finished ${request} ${end} after=${responseMs}`);
  }

  stopped(): void {
    // Follows from the faults.
  }

  fault(atMs: number, what: 'begins' | 'ends', kind: string, backend: string): void {
    this.#sink(`${atMs} fault ${kind} ${what} at ${backend}`);
  }

  action(atMs: number, state: string, backend: string): void {
    this.#sink(`${atMs} operator ${state} ${backend}`);
  }

  pool(event: BalancerEvent): void {
    const change = event.type === 'state' ? `${event.from}→${event.to}` : event.type;
    this.#sink(
      `${event.atMs} pool ${event.balancer} ${event.endpoint} ${change} (${event.reason})`,
    );
  }
}

/** Kind and status. */
function described(end: AttemptEnd): string {
  const how = end.kind === 'broken' ? `broken by ${end.how}` : end.kind;
  return 'status' in end ? `${how} ${end.status}` : how;
}
