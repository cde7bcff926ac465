/**
 * What this backend has done so far, as running sums: the figures that the supervisor asks for.
 */

import type { BackendStats } from '../messages.ts';

/** Counts the requests of one backend process. */
export class StatsRecorder {
  #requests = 0;
  #inFlight = 0;
  #peakInFlight = 0;
  #rejected = 0;
  #busyMs = 0;
  #queueMs = 0;
  readonly #onIdle: (() => void)[] = [];

  /** A request came in: its number, counted from 1 since the process started or was reset. */
  arrived(): number {
    this.#inFlight++;
    this.#peakInFlight = Math.max(this.#peakInFlight, this.#inFlight);
    return ++this.#requests;
  }

  /** Its answer is out, or its client is gone. */
  left(): void {
    this.#inFlight--;
    if (this.#inFlight === 0) for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  /** Resolves when nothing is in flight. */
  idle(): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onIdle.push(resolve));
  }

  rejected(): void {
    this.#rejected++;
  }

  waited(queueMs: number): void {
    this.#queueMs += queueMs;
  }

  worked(busyMs: number): void {
    this.#busyMs += busyMs;
  }

  /** Back to zero; what is in flight stays in flight. */
  reset(): void {
    this.#requests = 0;
    this.#peakInFlight = this.#inFlight;
    this.#rejected = 0;
    this.#busyMs = 0;
    this.#queueMs = 0;
  }

  snapshot(): BackendStats {
    return {
      requests: this.#requests,
      inFlight: this.#inFlight,
      peakInFlight: this.#peakInFlight,
      rejected: this.#rejected,
      busyMs: this.#busyMs,
      queueMs: this.#queueMs,
    };
  }
}
