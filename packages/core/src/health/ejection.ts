/**
 * How long an outlier stays out, and how many may be out at once. Each ejection lasts longer than
 * the last (base × times ejected, Envoy), and good conduct is remembered: one ejection is forgotten
 * for each base time in service. The cap matters more than the rest: a detector that is wrong about
 * all endpoints must not take the whole fleet out.
 */

/** Limits of ejection. */
export interface EjectionOptions {
  /** First ejection, in ms. */
  readonly baseMs?: number | undefined;
  /** Longest ejection, in ms. */
  readonly maxMs?: number | undefined;
  /** Most endpoints out at once, in percent of those in service, 0–100. One always stays. */
  readonly maxPercent?: number | undefined;
}

/** Keeps each slot's record of ejections. */
export class EjectionTerms {
  #baseMs = 0;
  #maxMs = 0;
  #maxPercent = 0;
  readonly #times: number[] = [];
  readonly #untilMs: number[] = [];

  constructor(options: EjectionOptions = {}) {
    this.configure(options);
  }

  /** Other limits for ejections to come; those that run keep their end. */
  configure(options: EjectionOptions): void {
    this.#baseMs = options.baseMs ?? 30_000;
    this.#maxMs = options.maxMs ?? 300_000;
    this.#maxPercent = options.maxPercent ?? 50;
  }

  /** How many of `inService` endpoints may be out at once. */
  allowed(inService: number): number {
    const share = Math.floor((inService * this.#maxPercent) / 100);
    return Math.max(0, Math.min(share, inService - 1));
  }

  /** Begins an ejection, or goes on with one that was interrupted. @returns when it ends */
  eject(slot: number, nowMs: number): number {
    const interruptedMs = this.untilMs(slot);
    if (interruptedMs > nowMs) return interruptedMs;
    const idleMs = nowMs - (this.#untilMs[slot] ?? nowMs);
    const forgotten = Math.max(0, Math.floor(idleMs / this.#baseMs));
    const times = Math.max(0, (this.#times[slot] ?? 0) - forgotten) + 1;
    const untilMs = nowMs + Math.min(this.#maxMs, this.#baseMs * times);
    this.#times[slot] = times;
    this.#untilMs[slot] = untilMs;
    return untilMs;
  }

  /** The ejection ended before its time. */
  release(slot: number, nowMs: number): void {
    this.#untilMs[slot] = Math.min(nowMs, this.untilMs(slot));
  }

  untilMs(slot: number): number {
    return this.#untilMs[slot] ?? Number.NEGATIVE_INFINITY;
  }

  /** The slot has a new owner. */
  forget(slot: number): void {
    delete this.#times[slot];
    delete this.#untilMs[slot];
  }
}
