/**
 * The state of a world, rebuilt from its events up to a moment: what waits, what is served, what is known of
 * each backend. A function of the events alone, so that a moment looks the same from whichever side one comes.
 */

import type { LabEvent } from './events.ts';

/** An attempt at a backend. */
export interface Attempt {
  readonly request: number;
  readonly backend: number;
  readonly sentMs: number;
  /** -1: it waits. */
  slot: number;
  startedMs: number;
  serviceMs: number;
  /** Its client waits for it no longer; the work goes on. */
  isLeft: boolean;
}

/** One backend. */
export class BackendPicture {
  readonly waiting: Map<number, Attempt> = new Map();
  readonly slots: (Attempt | undefined)[] = [];
  readonly faults: string[] = [];
  readonly states: string[] = [];
  /** When it last became ready after not having been. */
  readySinceMs: number = Number.NEGATIVE_INFINITY;
  busy = 0;
  attempts = 0;
  /** ∫ busy dt, and up to when. */
  busyMs = 0;
  untilMs = 0;

  passTo(atMs: number): void {
    this.busyMs += this.busy * (atMs - this.untilMs);
    this.untilMs = atMs;
  }

  enter(attempt: Attempt): void {
    const free = this.slots.indexOf(undefined);
    attempt.slot = free < 0 ? this.slots.length : free;
    this.slots[attempt.slot] = attempt;
    this.busy++;
  }

  leave(attempt: Attempt): void {
    if (attempt.slot < 0) return;
    this.slots[attempt.slot] = undefined;
    attempt.slot = -1;
    this.busy--;
  }
}

/** All backends, and the requests under way. */
export class Picture {
  readonly backends: readonly BackendPicture[];
  /** Requests under way, and when each was sent. */
  readonly sentMs: Map<number, number> = new Map();
  readonly #jobs = new Map<number, Attempt>();
  readonly #countFromMs: number;
  /** Requests with an attempt that is running. */
  #running = 0;

  /** @param countFromMs the end of the warm-up */
  constructor(backends: number, countFromMs: number) {
    this.backends = Array.from({ length: backends }, () => new BackendPicture());
    this.#countFromMs = countFromMs;
  }

  /** Requests that wait in the balancers. */
  get atBalancer(): number {
    return Math.max(0, this.sentMs.size - this.#running);
  }

  /** Requests that wait at backends. */
  get waiting(): number {
    return this.backends.reduce((sum, { waiting }) => sum + waiting.size, 0);
  }

  apply(event: LabEvent): void {
    const { kind, atMs, request, job } = event;
    if (kind === 'sent') this.sentMs.set(request, atMs);
    else if (kind === 'finished') this.sentMs.delete(request);
    else if (kind === 'attempt') this.#arrives(event);
    else if (kind === 'serving') this.#begins(event);
    else if (kind === 'worked') this.#frees(job, atMs);
    else if (kind === 'ended') this.#ends(event);
    else if (kind === 'stopped') this.#stops(event);
    else if (kind === 'fault') this.#fault(event);
    else this.#pool(event);
  }

  #arrives({ atMs, request, job, backend: at }: LabEvent): void {
    const backend = this.backends[at];
    if (backend === undefined) return;
    const sentMs = this.sentMs.get(request) ?? atMs;
    const startedMs = atMs;
    const more = { slot: -1, startedMs, serviceMs: 0, isLeft: false };
    const attempt: Attempt = { request, backend: at, sentMs, ...more };
    this.#jobs.set(job, attempt);
    backend.waiting.set(job, attempt);
    // As the simulator counts: by when the request was sent, however late its retry or hedge is.
    if (sentMs >= this.#countFromMs) backend.attempts++;
    this.#running++;
  }

  #begins({ atMs, job, lengthMs }: LabEvent): void {
    const attempt = this.#jobs.get(job);
    const backend = attempt && this.backends[attempt.backend];
    if (backend === undefined) return;
    backend.waiting.delete(job);
    backend.passTo(atMs);
    backend.enter(attempt as Attempt);
    (attempt as Attempt).startedMs = atMs;
    (attempt as Attempt).serviceMs = lengthMs;
  }

  #frees(job: number, atMs: number): void {
    const attempt = this.#jobs.get(job);
    const backend = attempt && this.backends[attempt.backend];
    if (attempt === undefined || backend === undefined) return;
    backend.passTo(atMs);
    backend.leave(attempt);
    if (attempt.isLeft) this.#jobs.delete(job);
  }

  #ends({ job, word }: LabEvent): void {
    const attempt = this.#jobs.get(job);
    const backend = attempt && this.backends[attempt.backend];
    if (attempt === undefined || backend === undefined) return;
    this.#running--;
    backend.waiting.delete(job);
    attempt.isLeft = true;
    const goesOn = (word === 'given up' || word === 'timeout') && attempt.slot >= 0;
    if (!goesOn && attempt.slot < 0) this.#jobs.delete(job);
  }

  #stops({ atMs, backend: at }: LabEvent): void {
    const backend = this.backends[at];
    if (backend === undefined) return;
    backend.passTo(atMs);
    for (const attempt of backend.slots) if (attempt !== undefined) backend.leave(attempt);
    backend.slots.length = 0;
  }

  #fault({ backend: at, word, isGood }: LabEvent): void {
    const faults = this.backends[at]?.faults;
    if (faults === undefined) return;
    if (isGood) faults.push(word);
    else faults.splice(faults.indexOf(word), faults.includes(word) ? 1 : 0);
  }

  #pool({ atMs, backend: at, word, balancer }: LabEvent): void {
    const backend = this.backends[at];
    if (backend === undefined) return;
    const before = backend.states[balancer];
    if (word === 'ready' && before !== undefined && before !== 'ready' && atMs > 0) {
      backend.readySinceMs = atMs;
    }
    backend.states[balancer] = word;
  }
}
