/**
 * Processor sharing: a backend that works on all jobs at once, together as fast as `concurrency` slots, as
 * an event loop or a time-sharing kernel does.
 *
 * In virtual time: with n jobs each advances at min(1, concurrency / n), so that the order of
 * completion is fixed at arrival. A sorted list of the jobs' ends in that time, and one timer for
 * the first.
 */

import type { TimerId } from '@evenkeel/core';
import type { EventQueue } from './event-queue.ts';
import type { Job } from './job.ts';
import type { ModelContext, ServerModel } from './models.ts';
import type { RunObserver } from './observer.ts';
import type { TimeAverages } from './time-averages.ts';

/** All jobs at once, each at its share of the speed. */
export class SharingModel implements ServerModel {
  readonly #queue: EventQueue;
  readonly #averages: TimeAverages;
  readonly #observer: RunObserver | undefined;
  readonly #concurrency: number;
  readonly #room: number;
  /** By end, the last first. */
  readonly #jobs: { readonly job: Job; readonly end: number }[] = [];
  /** Work that every present job has had since the start. */
  #progress = 0;
  #progressAtMs = 0;
  #busy = 0;
  #timer: TimerId = 0;

  constructor({ queue, averages, observer, concurrency, room }: ModelContext) {
    this.#queue = queue;
    this.#averages = averages;
    this.#observer = observer;
    this.#concurrency = concurrency;
    this.#room = room;
  }

  submit(job: Job): boolean {
    if (this.#jobs.length >= this.#concurrency + this.#room) return false;
    this.#catchUp();
    job.phase = 'serving';
    const end = this.#progress + job.serviceMs;
    let place = this.#jobs.length;
    while (place > 0 && (this.#jobs[place - 1]?.end ?? Infinity) < end) place--;
    this.#jobs.splice(place, 0, { job, end });
    this.#changed();
    this.#observer?.serving(this.#queue.now(), job.index, job.serviceMs);
    return true;
  }

  withdraw(): void {
    // No job is ever queued.
  }

  complete(job: Job): void {
    // The timer has taken the job off the list already.
    this.#observer?.worked(this.#queue.now(), job.index);
  }

  clear(): void {
    this.#jobs.length = 0;
    this.#changed();
  }

  #catchUp(): void {
    const nowMs = this.#queue.now();
    this.#progress += (nowMs - this.#progressAtMs) * this.#speed();
    this.#progressAtMs = nowMs;
  }

  #speed(): number {
    return Math.min(1, this.#concurrency / Math.max(1, this.#jobs.length));
  }

  #changed(): void {
    const busy = Math.min(this.#concurrency, this.#jobs.length);
    this.#averages.busy += busy - this.#busy;
    this.#busy = busy;
    this.#queue.cancel(this.#timer);
    const first = this.#jobs.at(-1);
    if (first === undefined) return;
    const waitMs = Math.max(0, first.end - this.#progress) / this.#speed();
    this.#timer = this.#queue.after(waitMs, () => this.#firstEnds());
  }

  #firstEnds(): void {
    const first = this.#jobs.at(-1);
    if (first === undefined) return;
    this.#catchUp();
    // Exactly there, whatever the rounding of the way.
    this.#progress = first.end;
    this.#jobs.pop();
    this.#changed();
    first.job.isPending = true;
    this.#queue.schedule(0, first.job.index);
  }
}
