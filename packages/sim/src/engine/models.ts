/**
 * How a backend works off its jobs: the contract, and first come, first served: `concurrency` slots with a
 * bounded queue before them, as a server with a worker pool has. The other way is in sharing.ts.
 */

import type { EventQueue } from './event-queue.ts';
import type { Job } from './job.ts';
import type { RunObserver } from './observer.ts';
import type { TimeAverages } from './time-averages.ts';

/** A way of working off jobs. */
export interface ServerModel {
  /** Takes a job with its `serviceMs`; false if there is no room. */
  submit(job: Job): boolean;
  /** A queued job's client has left. */
  withdraw(job: Job): void;
  /** The event of a job in service is due: frees its slot. */
  complete(job: Job): void;
  /** The process is gone, and all it had with it. */
  clear(): void;
}

/** What a model works with. */
export interface ModelContext {
  readonly queue: EventQueue;
  readonly averages: TimeAverages;
  readonly observer: RunObserver | undefined;
  /** Jobs served at once, and jobs that may wait. */
  readonly concurrency: number;
  readonly room: number;
}

/** First come, first served. */
export class FifoModel implements ServerModel {
  readonly #queue: EventQueue;
  readonly #averages: TimeAverages;
  readonly #observer: RunObserver | undefined;
  readonly #concurrency: number;
  readonly #room: number;
  #busy = 0;
  #waiting = 0;
  #head: Job | undefined = undefined;
  #tail: Job | undefined = undefined;

  constructor({ queue, averages, observer, concurrency, room }: ModelContext) {
    this.#queue = queue;
    this.#averages = averages;
    this.#observer = observer;
    this.#concurrency = concurrency;
    this.#room = room;
  }

  submit(job: Job): boolean {
    if (this.#busy < this.#concurrency) {
      this.#busy++;
      this.#averages.busy++;
      this.#start(job);
      return true;
    }
    if (this.#waiting >= this.#room) return false;
    job.phase = 'queued';
    job.ahead = this.#tail;
    if (this.#tail === undefined) this.#head = job;
    else this.#tail.behind = job;
    this.#tail = job;
    this.#waiting++;
    this.#averages.waiting++;
    return true;
  }

  withdraw(job: Job): void {
    const { ahead, behind } = job;
    if (ahead === undefined) this.#head = behind;
    else ahead.behind = behind;
    if (behind === undefined) this.#tail = ahead;
    else behind.ahead = ahead;
    job.ahead = undefined;
    job.behind = undefined;
    this.#waiting--;
    this.#averages.waiting--;
  }

  complete(job: Job): void {
    this.#observer?.worked(this.#queue.now(), job.index);
    const next = this.#head;
    if (next === undefined) {
      this.#busy--;
      this.#averages.busy--;
      return;
    }
    this.withdraw(next);
    this.#start(next);
  }

  clear(): void {
    while (this.#head !== undefined) this.withdraw(this.#head);
    this.#averages.busy -= this.#busy;
    this.#busy = 0;
  }

  #start(job: Job): void {
    job.phase = 'serving';
    job.isPending = true;
    this.#queue.schedule(job.serviceMs, job.index);
    this.#observer?.serving(this.#queue.now(), job.index, job.serviceMs);
  }
}
