/** The trace of a run, one line per event: what `--trace` writes. */

import type { PoolEvent } from '@evenkeel/core';

/** Receives the lines. */
export type TraceSink = (line: string) => void;

/** Writes events as lines `time what details`; times in ms, with all their digits. */
export class Tracer {
  readonly #sink: TraceSink;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  sent(atMs: number, request: number, repeat: number): void {
    this.#sink(`${atMs} request ${request}${repeat > 0 ? ` repeat=${repeat}` : ''}`);
  }

  attempt(atMs: number, request: number, backend: string): void {
    this.#sink(`${atMs} attempt ${request} at ${backend}`);
  }

  head(atMs: number, request: number, backend: string, status: number): void {
    this.#sink(`${atMs} head ${request} at ${backend} ${status}`);
  }

  attemptEnded(atMs: number, request: number, backend: string, how: string): void {
    this.#sink(`${atMs} ended ${request} at ${backend} ${how}`);
  }

  finished(atMs: number, request: number, end: string, responseMs: number): void {
    this.#sink(`${atMs} finished ${request} ${end} after=${responseMs}`);
  }

  fault(atMs: number, what: 'begins' | 'ends', kind: string, backend: string): void {
    this.#sink(`${atMs} fault ${kind} ${what} at ${backend}`);
  }

  action(atMs: number, state: string, backend: string): void {
    this.#sink(`${atMs} operator ${state} ${backend}`);
  }

  pool(event: PoolEvent, balancer: number): void {
    const change = event.type === 'state' ? `${event.from}→${event.to}` : event.type;
    this.#sink(`${event.atMs} pool ${balancer} ${event.endpoint} ${change} (${event.reason})`);
  }
}
