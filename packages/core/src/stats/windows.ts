/**
 * Requests in equal windows of time, by the time at which each was to be sent: a window is judged by
 * what was asked of it, not by what still came in.
 */

import { Histogram } from './histogram.ts';

/** The requests to be sent in [tMs, tMs + length of a window). */
export interface RequestWindow {
  readonly tMs: number;
  /** ok + errors. */
  readonly n: number;
  readonly ok: number;
  readonly errors: number;
  /** Response times of the ok ones. */
  readonly response: Histogram;
}

interface Counting {
  ok: number;
  errors: number;
  readonly response: Histogram;
}

/** Windows of 500 ms: what recovery and detection are defined by. */
export const WINDOW_MS = 500;
const WINDOWS_MAX = 1_000;

/** Counts requests into windows from `fromMs` on. Those before it, and beyond a thousand windows, are left out. */
export class Windows {
  readonly #fromMs: number;
  readonly #windowMs: number;
  readonly #windows: Counting[] = [];

  constructor(fromMs: number, windowMs: number = WINDOW_MS) {
    this.#fromMs = fromMs;
    this.#windowMs = windowMs;
  }

  /** A request is over. */
  ended(atMs: number, isOk: boolean, responseMs: number): void {
    const place = Math.floor((atMs - this.#fromMs) / this.#windowMs);
    if (place >= WINDOWS_MAX) return;
    while (this.#windows.length <= place) {
      this.#windows.push({ ok: 0, errors: 0, response: new Histogram() });
    }
    const window = this.#windows[place];
    if (window === undefined) return;
    if (isOk) {
      window.ok++;
      window.response.record(responseMs);
    } else window.errors++;
  }

  /** From the first to the last that had a request, empty ones between them included. */
  list(): RequestWindow[] {
    return this.#windows.map(({ ok, errors, response }, i) => ({
      tMs: this.#fromMs + i * this.#windowMs,
      n: ok + errors,
      ok,
      errors,
      response,
    }));
  }
}

/** A multiple of 500 ms, so that a run of `durationMs` has no more windows than are kept. */
export function timelineWindowMs(durationMs: number): number {
  return WINDOW_MS * Math.max(1, Math.ceil(durationMs / WINDOW_MS / WINDOWS_MAX));
}
