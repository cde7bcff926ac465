/** A run cut into equal windows, each request in the window in which its client sent it. */

import { Histogram } from '@evenkeel/core/stats';

/** One window. */
export interface TimelineWindow {
  /** Start, from the end of the warm-up. */
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

const WINDOWS_MAX = 1000;

/** Windows from the end of the warm-up to the end of the load. */
export class Timeline {
  readonly #fromMs: number;
  readonly #windowMs: number;
  readonly #windows: Counting[] = [];

  /** `windowMs` is widened where a run would have more than a thousand windows. */
  constructor(fromMs: number, durationMs: number, windowMs = 500) {
    this.#fromMs = fromMs;
    this.#windowMs = windowMs * Math.ceil(durationMs / windowMs / WINDOWS_MAX);
  }

  get windowMs(): number {
    return this.#windowMs;
  }

  ended(sentMs: number, isOk: boolean, responseMs: number): void {
    const place = Math.floor((sentMs - this.#fromMs) / this.#windowMs);
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

  windows(): TimelineWindow[] {
    return this.#windows.map(({ ok, errors, response }, i) => ({
      tMs: i * this.#windowMs,
      n: ok + errors,
      ok,
      errors,
      response,
    }));
  }
}
