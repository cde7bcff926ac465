/** Carries attempts from a balancer to their backend, and outcomes back. */

import type { Attempt, Failed, FailureCause } from '@evenkeel/core';
import type { SimBackend } from './backend.ts';
import type { BackendHost } from './backend-host.ts';
import type { SimBalancer } from './balancers.ts';
import { DeadlineLine } from './deadlines.ts';
import type { EventQueue } from './event-queue.ts';
import { type BackendOutcome, type Job, JobPool, type Workplace } from './job.ts';
import type { AttemptEnd, RunObserver } from './observer.ts';
import type { SimRequest, Transport } from './request.ts';
import type { RunContext } from './run-context.ts';
import type { TimeAverages } from './time-averages.ts';

const TIMEOUT: AttemptEnd = { kind: 'timeout' };
const GIVEN_UP: AttemptEnd = { kind: 'given up' };
/** Answers below are never tried again. */
const ERRORS_FROM = 400;

/** The transport between all balancers and all backends of a run. */
export class AttemptTransport implements Transport, BackendHost {
  readonly seed: number;
  readonly queue: EventQueue;
  readonly averages: TimeAverages;
  readonly observer: RunObserver | undefined;
  readonly #run: RunContext;
  readonly #jobs = new JobPool();
  /** undefined where clients give up before a balancer would. */
  readonly #timeouts: DeadlineLine<Job> | undefined;
  #balancers: readonly SimBalancer[] = [];

  /** @param responseHeadMs how long a balancer waits for an answer's head; 0: for ever */
  constructor(run: RunContext, responseHeadMs: number) {
    this.#run = run;
    this.seed = run.seed;
    this.queue = run.queue;
    this.averages = run.averages;
    this.observer = run.observer;
    if (responseHeadMs > 0) {
      this.#timeouts = new DeadlineLine(this.queue, responseHeadMs, (job) => this.#late(job));
    }
  }

  /** The balancers that send, and so what their slots mean. Must be called before the first request. */
  serve(balancers: readonly SimBalancer[]): void {
    this.#balancers = balancers;
  }

  /** An event of the model's own is due. */
  due(tag: number): void {
    const job = this.#jobs.all[tag] as Job;
    (job.workplace as Workplace).due(job);
  }

  send(request: SimRequest, attempt: Attempt): void {
    const balancer = this.#balancers[request.via] as SimBalancer;
    const backend = balancer.backendOfSlot[attempt.endpoint.slot] as SimBackend;
    const job = this.#jobs.take();
    job.request = request;
    job.attempt = attempt;
    job.workplace = backend;
    if (request.jobIndex < 0) request.jobIndex = job.index;
    else request.secondJobIndex = job.index;
    if (request.isCounted) backend.requests++;
    this.#timeouts?.join(job);
    this.#run.hash.add(backend.index, attempt.startedMs);
    this.observer?.attempt(attempt.startedMs, job.index, request.index, backend.id);
    backend.receive(job);
  }

  abort(request: SimRequest, attempt: Attempt): void {
    const { all } = this.#jobs;
    const first = all[request.jobIndex];
    const job = first?.attempt === attempt ? first : all[request.secondJobIndex];
    if (job?.attempt !== attempt) return;
    this.#timeouts?.leave(job);
    this.#close(job, request, attempt, GIVEN_UP);
    this.#abandon(job);
  }

  headSent(job: Job, status: number): boolean {
    const { request, attempt } = job;
    this.#timeouts?.leave(job);
    if (request === undefined || attempt === undefined) return false;
    this.observer?.head(this.queue.now(), request.index, attempt.endpoint.id, status);
    if (this.#takeHead(request, attempt, status)) return true;
    this.#close(job, request, attempt, { kind: 'answered', status });
    this.#settleFailed(attempt, 'status', status);
    return false;
  }

  ended(job: Job, outcome: BackendOutcome): void {
    const { request, attempt } = job;
    if (request === undefined || attempt === undefined) return;
    this.#timeouts?.leave(job);
    this.#close(job, request, attempt, outcome);
    if (outcome.kind === 'answered') this.#answered(request, attempt, outcome.status);
    else if (outcome.kind === 'broken') this.#broken(request, attempt, outcome);
    else this.#settleFailed(attempt, outcome.kind === 'garbage' ? 'protocol' : outcome.kind);
  }

  release(job: Job): void {
    this.#jobs.release(job);
  }

  jobsOf(workplace: Workplace): Job[] {
    return this.#jobs.all.filter((job) => job.workplace === workplace);
  }

  /** The attempt no longer occupies its request. */
  #close(job: Job, request: SimRequest, attempt: Attempt, end: AttemptEnd): void {
    if (request.jobIndex === job.index) request.jobIndex = -1;
    else if (request.secondJobIndex === job.index) request.secondJobIndex = -1;
    this.#tell(job, request, attempt, end);
  }

  #tell(job: Job, request: SimRequest, attempt: Attempt, end: AttemptEnd): void {
    const { id } = attempt.endpoint;
    const nowMs = this.queue.now();
    this.observer?.attemptEnded(nowMs, job.index, request.index, id, end, job.closeAfterMs);
  }

  #answered(request: SimRequest, attempt: Attempt, status: number): void {
    if (this.#isFailure(request, status)) {
      this.#settleFailed(attempt, 'status', status);
      return;
    }
    attempt.firstByte();
    request.status = status;
    attempt.commit();
    attempt.settle({ kind: 'ok', status, latencyMs: this.queue.now() - attempt.startedMs });
  }

  #broken(
    request: SimRequest,
    attempt: Attempt,
    { how, status }: BackendOutcome & { readonly kind: 'broken' },
  ): void {
    if (this.#takeHead(request, attempt, status)) {
      request.broken = how;
      this.#settleFailed(attempt, 'reset');
    } else this.#settleFailed(attempt, 'status', status);
  }

  /**
   * The balancer sees the head: it goes on to the client, and there is no way back, unless it is a failure
   * that will be followed by another attempt. A second call for the same attempt changes nothing.
   */
  #takeHead(request: SimRequest, attempt: Attempt, status: number): boolean {
    if (status >= ERRORS_FROM && this.#wouldRetry(request, attempt, status)) return false;
    if (!this.#isFailure(request, status)) attempt.firstByte();
    attempt.commit();
    return true;
  }

  #isFailure(request: SimRequest, status: number): boolean {
    const { pool } = (this.#balancers[request.via] as SimBalancer).cluster;
    return pool.isFailureStatus(status);
  }

  #wouldRetry(request: SimRequest, attempt: Attempt, status: number): boolean {
    const { balancer } = (this.#balancers[request.via] as SimBalancer).cluster;
    return balancer.wouldRetry(request, this.#failure(attempt, 'status', status));
  }

  #settleFailed(attempt: Attempt, cause: FailureCause, status?: number): void {
    attempt.settle(this.#failure(attempt, cause, status));
  }

  #failure(attempt: Attempt, cause: FailureCause, status: number | undefined): Failed {
    return {
      kind: 'failed',
      cause,
      status,
      requestSent: cause !== 'refused',
      replayable: true,
      latencyMs: this.queue.now() - attempt.startedMs,
    };
  }

  /** No answer in time: the balancer closes the connection. */
  #late(job: Job): void {
    const { request, attempt } = job;
    if (request === undefined || attempt === undefined) return;
    this.#close(job, request, attempt, TIMEOUT);
    this.#abandon(job);
    this.#settleFailed(attempt, 'timeout');
  }

  #abandon(job: Job): void {
    job.request = undefined;
    job.attempt = undefined;
    job.workplace?.abandon(job);
  }
}
