/**
 * The service model: so many slots, one bounded first-in-first-out queue before them.
 *
 * Node's timers know whole milliseconds and fire up to one and a half of them late, which would make a mean of
 * 5 ms into one of 6. So a job ends when its deadline is less than half a millisecond away, and
 * what it was too late (or too early) is taken off the next job of the same slot: single times
 * stay within the timer's grain, their mean stays true.
 */

import type { Clock } from '@evenkeel/core';

/** Deadlines nearer than this count as reached: half a timer tick, so that errors cancel out. */
const NEAR_ENOUGH_MS = 0.5;

/** The most that a slot carries over: a process that stood still does not owe its lost time. */
const CARRY_LIMIT_MS = 3;

/** One request's work. */
export interface Job {
  readonly serviceMs: number;
  /** The job got a slot, `waitedMs` after it was submitted. */
  started(waitedMs: number): void;
  /** The work is done; its slot has been given on. */
  done(tookMs: number): void;
}

/** `concurrency` (≥ 1) slots and a queue of at most `queueLimit` (≥ 0) jobs. */
export class ServiceModel {
  readonly #clock: Pick<Clock, 'now' | 'after'>;
  readonly #queueLimit: number;
  readonly #queue = new Map<Job, number>();
  /** The free slots' carried lateness in ms, last freed on top. */
  readonly #free: number[];
  #filling = false;

  constructor(clock: Pick<Clock, 'now' | 'after'>, concurrency: number, queueLimit: number) {
    this.#clock = clock;
    this.#queueLimit = queueLimit;
    this.#free = new Array<number>(concurrency).fill(0);
  }

  /** Starts or queues `job`; false when the queue is full, and then nothing has happened. */
  submit(job: Job): boolean {
    if (this.#free.length === 0 && this.#queue.size >= this.#queueLimit) return false;
    this.#queue.set(job, this.#clock.now());
    this.#fill();
    return true;
  }

  /** Takes a job out of the queue. One that is in service runs to its end, as real work does. */
  withdraw(job: Job): void {
    this.#queue.delete(job);
  }

  /** Gives free slots to the longest waiting. A loop, because jobs of no length end within it. */
  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    for (const [job, queuedMs] of this.#queue) {
      const carriedMs = this.#free.pop();
      if (carriedMs === undefined) break;
      this.#queue.delete(job);
      this.#start(job, carriedMs, queuedMs);
    }
    this.#filling = false;
  }

  #start(job: Job, carriedMs: number, queuedMs: number): void {
    const startedMs = this.#clock.now();
    job.started(startedMs - queuedMs);
    if (job.serviceMs === 0) this.#finish(job, startedMs, carriedMs);
    else this.#await(job, startedMs, startedMs + job.serviceMs - carriedMs);
  }

  #await(job: Job, startedMs: number, deadlineMs: number): void {
    const leftMs = deadlineMs - this.#clock.now();
    if (leftMs <= NEAR_ENOUGH_MS) {
      this.#finish(job, startedMs, Math.min(-leftMs, CARRY_LIMIT_MS));
      return;
    }
    // Whole milliseconds: Node keeps a list per distinct delay, and would keep one per request.
    const delayMs = Math.max(1, Math.round(leftMs));
    this.#clock.after(delayMs, () => this.#await(job, startedMs, deadlineMs));
  }

  #finish(job: Job, startedMs: number, carriedMs: number): void {
    this.#free.push(carriedMs);
    job.done(this.#clock.now() - startedMs);
    this.#fill();
  }
}
