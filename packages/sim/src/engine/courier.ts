/** Carries attempts from a balancer to their backend, and outcomes back. */

import { type Attempt, type FailureCause, isFailureStatus } from '@evenkeel/core';
import type { BackendHost, Ending, SimBackend } from './backend.ts';
import type { SimBalancer } from './balancers.ts';
import { DeadlineLine } from './deadlines.ts';
import type { EventQueue } from './event-queue.ts';
import { type Job, JobPool } from './job.ts';
import type { Levels } from './levels.ts';
import type { SimRequest } from './request.ts';
import type { World } from './world.ts';

/** See above. */
export class Courier implements BackendHost {
  readonly seed: number;
  readonly queue: EventQueue;
  readonly levels: Levels;
  readonly #world: World;
  readonly #jobs = new JobPool();
  /** undefined where clients give up before a balancer would. */
  readonly #timeouts: DeadlineLine<Job> | undefined;
  #balancers: readonly SimBalancer[] = [];

  /** @param responseHeadMs how long a balancer waits for an answer's head; 0: for ever */
  constructor(world: World, responseHeadMs: number) {
    this.#world = world;
    this.seed = world.seed;
    this.queue = world.queue;
    this.levels = world.levels;
    if (responseHeadMs > 0) {
      this.#timeouts = new DeadlineLine(this.queue, responseHeadMs, (job) => this.#late(job));
    }
  }

  /** Must be called before the first request: who sends, and what their slots mean. */
  serve(balancers: readonly SimBalancer[]): void {
    this.#balancers = balancers;
  }

  /** An event of the model's own is due. */
  due(tag: number): void {
    const job = this.#jobs.all[tag] as Job;
    (job.backend as SimBackend).due(job);
  }

  send(request: SimRequest, attempt: Attempt): void {
    const balancer = this.#balancers[request.via] as SimBalancer;
    const backend = balancer.backendOfSlot[attempt.endpoint.slot] as SimBackend;
    const job = this.#jobs.take();
    job.request = request;
    job.attempt = attempt;
    job.backend = backend;
    request.job = job;
    if (request.isCounted) backend.requests++;
    this.#timeouts?.join(job);
    this.#world.hash.add(backend.index, attempt.startedMs);
    this.#world.tracer?.attempt(attempt.startedMs, request.index, backend.id);
    backend.receive(job);
  }

  /** The balancer has given the attempt up. */
  abort(request: SimRequest): void {
    const { job } = request;
    if (job === undefined) return;
    request.job = undefined;
    this.#timeouts?.leave(job);
    this.#abandon(job);
  }

  headSent(job: Job): void {
    this.#timeouts?.leave(job);
    job.attempt?.firstByte();
    job.attempt?.commit();
  }

  ended(job: Job, ending: Ending): void {
    const { request, attempt } = job;
    if (request === undefined || attempt === undefined) return;
    this.#timeouts?.leave(job);
    request.job = undefined;
    this.#world.tracer?.attemptEnded(
      this.queue.now(),
      request.index,
      attempt.endpoint.id,
      ending.kind,
    );
    if (ending.kind === 'answered') this.#answered(request, attempt, ending.status);
    else if (ending.kind === 'broken') {
      request.broken = ending.how;
      attempt.firstByte();
      attempt.commit();
      this.#failed(attempt, 'reset');
    } else this.#failed(attempt, ending.kind === 'garbage' ? 'protocol' : ending.kind);
  }

  release(job: Job): void {
    this.#jobs.release(job);
  }

  jobsOf(backend: SimBackend): Job[] {
    return this.#jobs.all.filter((job) => job.backend === backend);
  }

  #answered(request: SimRequest, attempt: Attempt, status: number): void {
    attempt.firstByte();
    if (isFailureStatus(status)) {
      this.#failed(attempt, 'status', status);
      return;
    }
    request.status = status;
    attempt.commit();
    attempt.settle({ kind: 'ok', status, latencyMs: this.queue.now() - attempt.startedMs });
  }

  #failed(attempt: Attempt, cause: FailureCause, status?: number): void {
    attempt.settle({
      kind: 'failed',
      cause,
      status,
      requestSent: cause !== 'refused',
      replayable: true,
      latencyMs: this.queue.now() - attempt.startedMs,
    });
  }

  /** No answer in time: the balancer closes the connection. */
  #late(job: Job): void {
    const { request, attempt } = job;
    if (request === undefined || attempt === undefined) return;
    request.job = undefined;
    this.#world.tracer?.attemptEnded(
      this.queue.now(),
      request.index,
      attempt.endpoint.id,
      'timeout',
    );
    this.#abandon(job);
    this.#failed(attempt, 'timeout');
  }

  #abandon(job: Job): void {
    job.request = undefined;
    job.attempt = undefined;
    job.backend?.abandon(job);
  }
}
