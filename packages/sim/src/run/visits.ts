/** Writes down the attempts of a simulated run at its backends, for a picture of each backend's load. */

import type { Visit } from '@evenkeel/report';
import type { RunObserver } from '../engine/observer.ts';

interface OpenVisit {
  readonly backend: string;
  readonly arrivedMs: number;
  startedMs: number | null;
}

/** Hears a run. An attempt that its balancer has given up counts as over, whatever the backend still does. */
export class VisitRecorder implements RunObserver {
  readonly #warmupMs: number;
  readonly #open = new Map<number, OpenVisit>();
  readonly #visits: Visit[] = [];

  constructor(warmupMs: number) {
    this.#warmupMs = warmupMs;
  }

  /** Those that are over, in the order in which they ended. */
  get visits(): readonly Visit[] {
    return this.#visits;
  }

  attempt(atMs: number, job: number, _request: number, backend: string): void {
    this.#open.set(job, { backend, arrivedMs: atMs - this.#warmupMs, startedMs: null });
  }

  serving(atMs: number, job: number): void {
    const visit = this.#open.get(job);
    if (visit !== undefined) visit.startedMs = atMs - this.#warmupMs;
  }

  attemptEnded(atMs: number, job: number): void {
    const visit = this.#open.get(job);
    if (visit === undefined) return;
    this.#open.delete(job);
    this.#visits.push({ ...visit, endedMs: atMs - this.#warmupMs });
  }

  sent(): void {}
  worked(): void {}
  head(): void {}
  finished(): void {}
  stopped(): void {}
  fault(): void {}
  action(): void {}
  pool(): void {}
}
