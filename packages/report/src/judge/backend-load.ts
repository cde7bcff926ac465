/**
 * What each backend had to do over the time of a run: attempts that arrived, and how many of them were
 * there and how many waited, in the mean over each window. Exact from the times of the visits, live and
 * simulated alike; nothing is polled.
 */

import type { BackendCounts, BackendLoad, TimelineWindow } from '../results.ts';

/** One attempt at a backend. Times in ms from the end of the warm-up; those of the warm-up are negative. */
export interface Visit {
  readonly backend: string;
  readonly arrivedMs: number;
  /** Work on it began; null: it never did. */
  readonly startedMs: number | null;
  /** The backend was done with it; null: turned away, or not known, so that it was never in flight. */
  readonly endedMs: number | null;
}

/** The same counts with each backend's load in the windows of the time line, which have equal lengths. */
export function withLoads(
  backends: readonly BackendCounts[],
  visits: Iterable<Visit>,
  timeline: readonly TimelineWindow[],
): BackendCounts[] {
  const [first, second] = timeline;
  if (first === undefined || second === undefined) return [...backends];
  const windowMs = second.tMs - first.tMs;
  const lines = new Map(backends.map(({ id }) => [id, new LoadLine(windowMs, timeline.length)]));
  for (const visit of visits) lines.get(visit.backend)?.add(visit);
  return backends.map((one) => {
    const load = lines.get(one.id)?.load;
    return load === undefined ? one : { ...one, load };
  });
}

/** One backend's sums, window by window. */
class LoadLine {
  readonly #windowMs: number;
  readonly #requests: number[];
  readonly #inFlightMs: number[];
  readonly #queuedMs: number[];

  constructor(windowMs: number, windows: number) {
    this.#windowMs = windowMs;
    this.#requests = Array<number>(windows).fill(0);
    this.#inFlightMs = Array<number>(windows).fill(0);
    this.#queuedMs = Array<number>(windows).fill(0);
  }

  add({ arrivedMs, startedMs, endedMs }: Visit): void {
    const place = Math.floor(arrivedMs / this.#windowMs);
    if (place in this.#requests) this.#requests[place] = (this.#requests[place] ?? 0) + 1;
    if (endedMs === null) return;
    this.#spread(this.#inFlightMs, arrivedMs, endedMs);
    this.#spread(this.#queuedMs, arrivedMs, Math.min(startedMs ?? endedMs, endedMs));
  }

  /** Adds to each window the part of [fromMs, toMs] that lies in it. */
  #spread(sums: number[], fromMs: number, toMs: number): void {
    const length = this.#windowMs;
    const last = Math.min(sums.length - 1, Math.floor(toMs / length));
    for (let i = Math.max(0, Math.floor(fromMs / length)); i <= last; i++) {
      const part = Math.min(toMs, (i + 1) * length) - Math.max(fromMs, i * length);
      sums[i] = (sums[i] ?? 0) + Math.max(0, part);
    }
  }

  get load(): BackendLoad {
    const mean = (sumMs: number) => Number((sumMs / this.#windowMs).toFixed(2));
    return {
      requests: this.#requests,
      inFlight: this.#inFlightMs.map(mean),
      queued: this.#queuedMs.map(mean),
    };
  }
}
