/**
 * A run in windows: its time line, and windows cut anew from the moments that detection and recovery
 * are counted from. All times count from the end of the warm-up.
 */

import { type RequestWindow, timelineWindowMs, Windows } from '@evenkeel/core/stats';
import type { ResolvedFault } from '../scenario/faults.ts';

/** The windows of one run. */
export class RunWindows {
  readonly #warmupMs: number;
  readonly #timeline: Windows;
  readonly #since = new Map<number, Windows>();

  /** `faults` in the order of their start. */
  constructor(
    { warmupMs, durationMs }: { readonly warmupMs: number; readonly durationMs: number },
    faults: readonly ResolvedFault[],
  ) {
    this.#warmupMs = warmupMs;
    this.#timeline = new Windows(0, timelineWindowMs(durationMs));
    const [first] = faults;
    if (first === undefined) return;
    const ends = faults.map(({ endMs }) => (endMs ?? Infinity) - warmupMs);
    for (const atMs of [first.startMs - warmupMs, Math.max(...ends)]) {
      if (atMs < durationMs) this.#since.set(atMs, new Windows(atMs));
    }
  }

  /** A request is over; `sentMs` counts from the start of the run. */
  ended(sentMs: number, isOk: boolean, responseMs: number): void {
    const atMs = sentMs - this.#warmupMs;
    this.#timeline.ended(atMs, isOk, responseMs);
    for (const windows of this.#since.values()) windows.ended(atMs, isOk, responseMs);
  }

  get timeline(): RequestWindow[] {
    return this.#timeline.list();
  }

  /** From the start of the first fault, and from the end of the last. */
  get sinceFaults(): Map<number, RequestWindow[]> {
    return new Map([...this.#since].map(([atMs, windows]) => [atMs, windows.list()]));
  }
}
