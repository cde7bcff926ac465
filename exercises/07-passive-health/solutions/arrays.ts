/** Two arrays by slot, as core has them. */

import type { OutlierDetector } from '@evenkeel/core';

const MAX_FAILS = 3;
const FAIL_TIMEOUT_MS = 10_000;

class Detector implements OutlierDetector {
  readonly #fails: number[] = [];
  readonly #lastMs: number[] = [];

  record(slot: number, failed: boolean, nowMs: number): string | undefined {
    const fails = this.#fails[slot] ?? 0;
    const atLimit = fails >= MAX_FAILS;
    if (failed) return this.#failed(slot, nowMs, fails, atLimit);
    if (atLimit) this.#fails[slot] = 0;
    return undefined;
  }

  forget(slot: number): void {
    delete this.#fails[slot];
    delete this.#lastMs[slot];
  }

  #failed(slot: number, nowMs: number, fails: number, atLimit: boolean): string | undefined {
    const lastMs = this.#lastMs[slot];
    this.#lastMs[slot] = nowMs;
    const counts = atLimit || (lastMs !== undefined && nowMs <= lastMs + FAIL_TIMEOUT_MS);
    const now = counts ? Math.min(MAX_FAILS, fails + 1) : 1;
    this.#fails[slot] = now;
    return now === MAX_FAILS ? `${now} failures` : undefined;
  }
}

export default (): OutlierDetector => new Detector();
