/**
 * One attempt as the backend sees it: work to be done. Kept apart from the request, because work that
 * has begun goes on when its client has left. Jobs are pooled; a job's index is its tag in the event
 * queue, and at most one event per job is outstanding.
 */

import type { Attempt } from '@evenkeel/core';
import type { SimBackend } from './backend.ts';
import type { Waiter } from './deadlines.ts';
import type { SimRequest } from './request.ts';

/**
 * `arriving`: in the backlog of a frozen process. `delayed` before the queue, `queued`, `serving`,
 * `delivering` the answer. `hanging`: swallowed by a black hole. `void`: over, but for an event to come.
 */
export type Phase =
  | 'free'
  | 'arriving'
  | 'delayed'
  | 'queued'
  | 'serving'
  | 'delivering'
  | 'hanging'
  | 'void';

/** See above. */
export class Job implements Waiter {
  readonly index: number;
  phase: Phase = 'free';
  /** Undefined once nobody waits for the answer. */
  request: SimRequest | undefined = undefined;
  attempt: Attempt | undefined = undefined;
  backend: SimBackend | undefined = undefined;
  serviceMs = 0;
  /** An event of it is in the queue. */
  isPending = false;
  /** A balancer waits for the head of its answer. */
  isWaitedFor = false;
  dueMs = 0;
  earlier: this | undefined = undefined;
  later: this | undefined = undefined;
  /** Neighbours in the backend's queue. */
  ahead: Job | undefined = undefined;
  behind: Job | undefined = undefined;

  constructor(index: number) {
    this.index = index;
  }
}

/** All jobs there are; grows to the largest number alive at once. */
export class JobPool {
  readonly all: Job[] = [];
  readonly #free: Job[] = [];

  take(): Job {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const job = new Job(this.all.length);
    this.all.push(job);
    return job;
  }

  release(job: Job): void {
    job.phase = 'free';
    job.request = undefined;
    job.attempt = undefined;
    job.backend = undefined;
    this.#free.push(job);
  }
}
