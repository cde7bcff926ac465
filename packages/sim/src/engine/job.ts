/**
 * One attempt as the backend sees it: work to be done. Kept apart from the request, because work that
 * has begun goes on when its client has left. Jobs are pooled; a job's index is its tag in the event
 * queue, and at most one event per job is outstanding.
 */

import type { Attempt } from '@evenkeel/core';
import type { Waiter } from './deadlines.ts';
import type { SimRequest } from './request.ts';

/**
 * `arriving`: in the backlog of a frozen process. `delayed` before the queue, `queued`, `serving`,
 * `delivering` the answer. `hanging`: never answered. `closing`: answered, its connection still open.
 * `void`: over, but for an event to come.
 */
export type Phase =
  | 'free'
  | 'arriving'
  | 'delayed'
  | 'queued'
  | 'serving'
  | 'delivering'
  | 'hanging'
  | 'closing'
  | 'void';

/** How an attempt ended, as its backend knows it. */
export type BackendOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'refused' | 'reset' | 'garbage' }
  /** The head went out, and then the connection broke or the body was short. */
  | { readonly kind: 'broken'; readonly how: 'reset' | 'truncated'; readonly status: number };

/** Where jobs are worked on. */
export interface Workplace {
  readonly id: string;
  /** The job's event is due. */
  due(job: Job): void;
  /** The client of this job has left. */
  abandon(job: Job): void;
}

/** One attempt at a backend, as its backend keeps it. */
export class Job implements Waiter {
  readonly index: number;
  phase: Phase = 'free';
  /** Undefined once no client waits for the answer. */
  request: SimRequest | undefined = undefined;
  attempt: Attempt | undefined = undefined;
  workplace: Workplace | undefined = undefined;
  serviceMs = 0;
  /** In phase `delivering`: how it will end, and how long its connection stays open after that. */
  outcome: BackendOutcome | undefined = undefined;
  closeAfterMs = 0;
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
    job.workplace = undefined;
    job.outcome = undefined;
    job.closeAfterMs = 0;
    this.#free.push(job);
  }
}

/** How a job ends whose process dies: the head of its answer may be out already. */
export function cutOff({ phase, outcome }: Job): BackendOutcome {
  if (phase !== 'delivering' || outcome === undefined || !('status' in outcome))
    return { kind: 'reset' };
  return { kind: 'broken', how: 'reset', status: outcome.status };
}
