/**
 * The figures of a world up to a moment: percentiles over time, the histogram, queues, shares. Computed from
 * the events as the picture is, so that they belong to the moment that is shown.
 */

import { resolvePolicies } from '@evenkeel/config';
import { Histogram } from '@evenkeel/core/stats';
import { distributionOf, expandFleet, type Scenario } from '@evenkeel/sim/engine';
import type { LabEvent } from './events.ts';
import type { Counts } from './frame.ts';
import type { Picture } from './picture.ts';

/** One stretch of time, by when requests ended. */
export interface FigureWindow {
  /** Its middle. */
  readonly atMs: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Requests waiting at backends, in the mean. */
  readonly waiting: number;
  /** Attempts per request. */
  readonly amplification: number | null;
  /** Failed requests, as a share. */
  readonly failed: number | null;
}

/** What a worker tells of its world, now and then. */
export interface FiguresJson {
  readonly windows: readonly FigureWindow[];
  /** Response times of ok answers: share per bin of `binMs`. */
  readonly bins: readonly number[];
  readonly binMs: number;
  readonly meanMs: number | null;
  readonly quantiles: readonly (number | null)[];
  /** Attempts per backend after the warm-up. */
  readonly attempts: readonly number[];
}

/** The quantiles of `FiguresJson`. */
export const QUANTILES = [0.5, 0.9, 0.99, 0.999] as const;

const WINDOWS = 60;
const BINS = 40;
/** A percentile needs ten samples beyond it to be worth showing. */
const BEYOND = 10;
/** Utilisation is that of the last second, looked at every tenth of one. */
const SAMPLE_MS = 100;
const SAMPLES = 11;

class WindowCounts {
  readonly response = new Histogram();
  ok = 0;
  failed = 0;
  attempts = 0;
  waitingMs = 0;
}

/** The quantile, or null where there are too few samples for it. */
export function quantileOf(histogram: Histogram, q: number): number | null {
  if (histogram.count * (1 - q) < BEYOND) return null;
  return histogram.quantileMs(q);
}

/** See the head of this file. */
export class Figures {
  readonly meanServiceMs: number;
  /** How long a backend warms up that has come back; 0 without slow start. */
  readonly warmingMs: number;
  readonly #picture: Picture;
  readonly #warmupMs: number;
  readonly #windowMs: number;
  readonly #windows: WindowCounts[] = [];
  readonly #response = new Histogram();
  readonly #slots: readonly number[];
  readonly #past: { readonly atMs: number; readonly busyMs: readonly number[] }[] = [];
  #sent = 0;
  #ok = 0;
  #failed = 0;
  #lost = 0;
  #attempts = 0;
  /** Up to where sums have been added up, and the moment that is looked at. */
  #lastMs = 0;
  #nowMs = 0;
  #nextSample = 0;
  #nextWindow = 1;

  constructor(scenario: Scenario, picture: Picture) {
    const fleet = expandFleet(scenario);
    const means = fleet.map(({ service }) => distributionOf(service).mean);
    this.meanServiceMs = means.reduce((a, b) => a + b, 0) / means.length;
    this.warmingMs = resolvePolicies(scenario.lb).slowStart?.windowMs ?? 0;
    this.#slots = fleet.map(({ concurrency }) => concurrency);
    this.#picture = picture;
    this.#warmupMs = scenario.load.warmupMs;
    this.#windowMs = (scenario.load.warmupMs + scenario.load.durationMs) / WINDOWS;
  }

  /**
   * Nothing happens before `atMs`. Sums are added up at events and at fixed times only, never at the moment
   * of a frame, so that they come to the same whatever was looked at on the way.
   */
  passTo(atMs: number, isEvent = true): void {
    this.#nowMs = atMs;
    for (let stopMs = this.#nextStopMs(); stopMs <= atMs; stopMs = this.#nextStopMs()) {
      this.#addUp(stopMs);
      if (stopMs < this.#nextSample * SAMPLE_MS) continue;
      this.#nextSample++;
      for (const backend of this.#picture.backends) backend.passTo(stopMs);
      this.#past.push({ atMs: stopMs, busyMs: this.#picture.backends.map((one) => one.busyMs) });
      if (this.#past.length > SAMPLES) this.#past.shift();
    }
    if (isEvent) this.#addUp(atMs);
  }

  #nextStopMs(): number {
    return Math.min(this.#nextSample * SAMPLE_MS, this.#nextWindow * this.#windowMs);
  }

  /** To `atMs`, which is not beyond the end of the present window. */
  #addUp(atMs: number): void {
    this.#window(this.#nextWindow - 1).waitingMs += this.#picture.waiting * (atMs - this.#lastMs);
    this.#lastMs = atMs;
    if (atMs >= this.#nextWindow * this.#windowMs) this.#nextWindow++;
  }

  apply({ kind, atMs, isGood, attempts, lengthMs, word }: LabEvent): void {
    if (kind !== 'finished') return;
    const window = this.#window(this.#nextWindow - 1);
    window.attempts += attempts;
    if (isGood) {
      window.ok++;
      window.response.record(lengthMs);
    } else window.failed++;
    if (atMs - lengthMs < this.#warmupMs) return;
    this.#sent++;
    this.#attempts += attempts;
    if (isGood) {
      this.#ok++;
      this.#response.record(lengthMs);
    } else {
      this.#failed++;
      if (word === 'lost') this.#lost++;
    }
  }

  counts(): Counts {
    return {
      sent: this.#sent,
      ok: this.#ok,
      failed: this.#failed,
      lost: this.#lost,
      attempts: this.#attempts,
    };
  }

  /** Of ok answers after the warm-up. */
  quantile(q: number): number | null {
    return quantileOf(this.#response, q);
  }

  /** Share of a backend's slots at work, over the last second. */
  utilisation(index: number): number {
    const [first] = this.#past;
    const backend = this.#picture.backends[index];
    if (first === undefined || backend === undefined) return 0;
    const passedMs = this.#nowMs - first.atMs;
    if (passedMs <= 0) return 0;
    const sinceMs = backend.busy * (this.#nowMs - backend.untilMs);
    const busyMs = backend.busyMs + sinceMs - (first.busyMs[index] ?? 0);
    return busyMs / passedMs / (this.#slots[index] ?? 1);
  }

  json(): FiguresJson {
    const binMs = this.#binMs();
    return {
      windows: this.#windows.map((window, i) => this.#windowJson(window, i)),
      bins: this.#bins(binMs),
      binMs,
      meanMs: this.#response.count === 0 ? null : this.#response.meanMs,
      quantiles: QUANTILES.map((q) => this.quantile(q)),
      attempts: this.#picture.backends.map(({ attempts }) => attempts),
    };
  }

  #windowJson(window: WindowCounts, place: number): FigureWindow {
    const { response, ok, failed, attempts, waitingMs } = window;
    const requests = ok + failed;
    const startMs = place * this.#windowMs;
    const isPresent = place === this.#nextWindow - 1;
    const passedMs = isPresent ? Math.max(1e-9, this.#nowMs - startMs) : this.#windowMs;
    const sinceMs = isPresent ? this.#picture.waiting * (this.#nowMs - this.#lastMs) : 0;
    return {
      atMs: startMs + this.#windowMs / 2,
      p50Ms: response.count === 0 ? null : response.quantileMs(0.5),
      p99Ms: response.count === 0 ? null : response.quantileMs(0.99),
      waiting: (waitingMs + sinceMs) / passedMs,
      amplification: requests === 0 ? null : attempts / requests,
      failed: requests === 0 ? null : failed / requests,
    };
  }

  /** Bins up to somewhat beyond the 99th percentile; what is longer is in the last one. */
  #binMs(): number {
    const response = this.#response;
    const top = response.count === 0 ? this.meanServiceMs : response.quantileMs(0.99) * 1.25;
    const raw = Math.max(1e-3, top / BINS);
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find((nice) => nice * power >= raw) ?? 10;
    return step * power;
  }

  #bins(binMs: number): number[] {
    const bins = new Array<number>(BINS).fill(0);
    for (const [valueUs, count] of this.#response.cells()) {
      const bin = Math.min(BINS - 1, Math.floor(valueUs / 1000 / binMs));
      bins[bin] = (bins[bin] as number) + count / Math.max(1, this.#response.count);
    }
    return bins;
  }

  #window(place: number): WindowCounts {
    while (this.#windows.length <= place && this.#windows.length < 4 * WINDOWS) {
      this.#windows.push(new WindowCounts());
    }
    return this.#windows[Math.min(place, 4 * WINDOWS - 1)] as WindowCounts;
  }
}
