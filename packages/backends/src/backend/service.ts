/**
 * The service model: a number of slots, and one bounded first-in-first-out queue before them.
 *
 * What a job's timer was too late (or too early) is taken off the next job of the same slot: single
 * service times stay within the timer's grain, and their mean stays true.
 */

import type { Clock } from '@evenkeel/core';
import { atDeadline } from './deadline.ts';

/** The most that a slot carries over: a process that stood still does not owe its lost time. */
const CARRY_LIMIT_MS = 3;

/** One request's work. */
export interface QueuedWork {
  /** How long it occupies its slot; read once, at its start. */
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
  readonly #queue = new Map<QueuedWork, number>();
  /** The free slots' carried lateness in ms, last freed on top. */
  readonly #free: number[];
  #filling = false;

  constructor(clock: Pick<Clock, 'now' | 'after'>, concurrency: number, queueLimit: number) {
    this.#clock = clock;
    this.#queueLimit = queueLimit;
    this.#free = new Array<number>(concurrency).fill(0);
  }

  /** Starts or queues `job`; false when the queue is full, and then nothing has happened. */
  submit(job: QueuedWork): boolean {
    if (this.#free.length === 0 && this.#queue.size >= this.#queueLimit) return false;
    this.#queue.set(job, this.#clock.now());
    this.#fill();
    return true;
  }

  /** Takes a job out of the queue. One that is in service runs to its end, as real work does. */
  withdraw(job: QueuedWork): void {
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

  #start(job: QueuedWork, carriedMs: number, queuedMs: number): void {
    const startedMs = this.#clock.now();
    job.started(startedMs - queuedMs);
    const { serviceMs } = job;
    if (serviceMs === 0) {
      this.#finish(job, startedMs, carriedMs);
      return;
    }
    atDeadline(this.#clock, startedMs + serviceMs - carriedMs, (lateMs) => {
      this.#finish(job, startedMs, Math.min(lateMs, CARRY_LIMIT_MS));
    });
  }

  #finish(job: QueuedWork, startedMs: number, carriedMs: number): void {
    this.#free.push(carriedMs);
    job.done(this.#clock.now() - startedMs);
    this.#fill();
  }
}
