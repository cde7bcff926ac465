/**
 * Hedging (Dean and Barroso, The Tail at Scale, 2013): a request that waits longer than most do is
 * sent to a second endpoint too, and the first answer counts. It shortens the tail where slowness is
 * an endpoint's or a moment's, not the request's own. It costs a second try for the share of requests
 * beyond the percentile, less what the budget for retries refuses.
 */

import { Histogram } from '../stats/histogram.ts';

/**
 * Decides how long a request waits for an answer before a second try begins. One value serves all
 * requests of a balancer. `nowMs` is `Clock.now()`. One that throws is reported; the request it was
 * asked about is not hedged.
 */
export interface HedgePolicy {
  /** The first try of a request took so long to the head of its answer, or longer. */
  observe(latencyMs: number, nowMs: number): void;
  /** @returns ≥ 0, from the start of the first try; undefined: no second try */
  delayMs(nowMs: number): number | undefined;
}

/** Tuning of the built-in policy. */
export interface HedgeOptions {
  /** A second try follows where this share of requests, in percent, would have been answered; default 95. */
  readonly percentile?: number | undefined;
}

/** Latencies are counted in windows of this length, and forgotten so long after the end of theirs. */
const WINDOW_MS = 60_000;
const MEMORY_MS = 120_000;
/** With fewer latencies than this a percentile says little, and no request is hedged. */
const SAMPLES_MIN = 100;
/** A percentile is looked up again after this time. */
const REFRESH_MS = 500;

/** A second try after a percentile of the latencies of the last minutes. */
export function hedgeAtPercentile({ percentile = 95 }: HedgeOptions = {}): HedgePolicy {
  return new PercentileHedge(percentile / 100);
}

class PercentileHedge implements HedgePolicy {
  readonly #share: number;
  /** The present window last. */
  #windows: { readonly endMs: number; readonly latencies: Histogram }[] = [];
  #delayMs: number | undefined;
  #refreshAtMs = Number.NEGATIVE_INFINITY;

  constructor(share: number) {
    this.#share = share;
  }

  observe(latencyMs: number, nowMs: number): void {
    let present = this.#windows.at(-1);
    if (present === undefined || nowMs >= present.endMs) {
      present = { endMs: nowMs + WINDOW_MS, latencies: new Histogram() };
      this.#forget(nowMs);
      this.#windows.push(present);
    }
    present.latencies.record(latencyMs);
  }

  delayMs(nowMs: number): number | undefined {
    if (nowMs < this.#refreshAtMs) return this.#delayMs;
    this.#refreshAtMs = nowMs + REFRESH_MS;
    this.#forget(nowMs);
    const all = new Histogram();
    for (const { latencies } of this.#windows) all.add(latencies);
    this.#delayMs = all.count < SAMPLES_MIN ? undefined : all.quantileMs(this.#share);
    return this.#delayMs;
  }

  #forget(nowMs: number): void {
    this.#windows = this.#windows.filter(({ endMs }) => endMs > nowMs - MEMORY_MS);
  }
}
