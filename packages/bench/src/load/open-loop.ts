/**
 * The open-loop generator: every request has an intended send time and is sent then, whether or not
 * the ones before it were answered. A closed loop waits for slow answers and so sends least exactly
 * when the subject is slowest ("coordinated omission", Gil Tene); here latency is counted from the
 * intended time, and how late the sends really were is reported beside it.
 */

import { Pool } from 'undici';
import type { ClientOutcome, OpenJob, PlanPart, Progress, Samples } from './job.ts';
import { PendingRequest } from './pending-request.ts';
import { Recorder } from './recorder.ts';

const PROGRESS_EVERY_MS = 250;

/**
 * Runs a job to its end: all requests sent, each ended or given up after `timeoutMs`. `startEpochMs`: the moment
 * (ms since 1970) from which its times count; default: now.
 */
export async function runOpenLoop(
  job: OpenJob,
  onProgress: (progress: Progress) => void = () => {},
  startEpochMs?: number,
): Promise<Samples> {
  return await new OpenLoop(job, onProgress, startEpochMs).run();
}

const WHOLE_PLAN: PlanPart = { first: 0, step: 1 };

class OpenLoop {
  readonly #job: OpenJob;
  readonly #onProgress: (progress: Progress) => void;
  readonly #pools: readonly Pool[];
  readonly #body: string;
  readonly #recorder: Recorder;
  /** In order of sending, and so of their deadlines: one timer serves them all. */
  readonly #waiting: PendingRequest[] = [];
  #firstWaiting = 0;
  #next = 0;
  #inFlight = 0;
  #timer: NodeJS.Timeout | undefined;
  #finish: () => void = () => {};

  constructor(
    job: OpenJob,
    onProgress: (progress: Progress) => void,
    startEpochMs: number | undefined,
  ) {
    this.#job = job;
    this.#onProgress = onProgress;
    this.#pools = job.targets.map(
      (origin) =>
        new Pool(origin, {
          connections: job.maxInFlight,
          pipelining: 1,
          allowH2: false,
          // The deadline of a request is kept here, for all of its stages at once.
          connectTimeout: job.timeoutMs,
          headersTimeout: 0,
          bodyTimeout: 0,
        }),
    );
    this.#body = 'x'.repeat(job.bodyBytes);
    this.#recorder = new Recorder(job.atMs.length, startEpochMs);
  }

  async run(): Promise<Samples> {
    const progress = setInterval(() => this.#report(), PROGRESS_EVERY_MS);
    const finished = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    this.#tick();
    await finished;
    clearInterval(progress);
    const samples = this.#recorder.finish(this.#next, null);
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
    return samples;
  }

  /** Sends what is due, gives up what is overdue, and sleeps until the next of either. */
  #tick(): void {
    clearTimeout(this.#timer);
    const { atMs, maxInFlight } = this.#job;
    let nowMs = this.#recorder.nowMs();
    while (this.#next < atMs.length && this.#inFlight < maxInFlight && this.#dueMs() <= nowMs) {
      this.#send(this.#next++, nowMs);
      nowMs = this.#recorder.nowMs();
    }
    const deadlineMs = this.#giveUpOverdue(nowMs);
    if (this.#next === atMs.length && this.#inFlight === 0) {
      this.#finish();
      return;
    }
    const sendMs = this.#inFlight < maxInFlight ? this.#dueMs() : Number.POSITIVE_INFINITY;
    const waitMs = Math.max(0, Math.min(sendMs, deadlineMs) - nowMs);
    this.#timer = setTimeout(() => this.#tick(), waitMs);
  }

  #dueMs(): number {
    return this.#job.atMs[this.#next] ?? Number.POSITIVE_INFINITY;
  }

  /** Returns the deadline of the oldest request still waiting. */
  #giveUpOverdue(nowMs: number): number {
    for (; this.#firstWaiting < this.#waiting.length; this.#firstWaiting++) {
      const oldest = this.#waiting[this.#firstWaiting];
      if (oldest === undefined || oldest.ended) continue;
      const deadlineMs = this.#recorder.sentMs(oldest.index) + this.#job.timeoutMs;
      if (deadlineMs > nowMs) {
        this.#forgetEnded();
        return deadlineMs;
      }
      oldest.overdue();
    }
    this.#forgetEnded();
    return Number.POSITIVE_INFINITY;
  }

  #forgetEnded(): void {
    if (this.#firstWaiting < 1024) return;
    this.#waiting.splice(0, this.#firstWaiting);
    this.#firstWaiting = 0;
  }

  #send(index: number, nowMs: number): void {
    const { idPrefix, post, work, key, part: { first, step } = WHOLE_PLAN } = this.#job;
    const number = first + index * step;
    const pool = this.#pools[number % this.#pools.length];
    if (pool === undefined) throw new RangeError('a job needs a target');
    const request = new PendingRequest(index, this.#ended);
    this.#recorder.sent(index, nowMs);
    this.#inFlight++;
    this.#waiting.push(request);
    const isPost = post[index] === 1;
    pool.dispatch(
      {
        path: '/',
        method: isPost ? 'POST' : 'GET',
        headers: [
          'x-request-id',
          `${idPrefix}${number}`,
          'x-work',
          String(work[index]),
          'x-work-index',
          String(number),
          'x-key',
          key[index] ?? '',
        ],
        body: isPost ? this.#body : null,
      },
      request,
    );
  }

  readonly #ended = (index: number, outcome: ClientOutcome, backend: string): void => {
    this.#recorder.ended(index, this.#recorder.nowMs(), outcome, backend);
    const wasFull = this.#inFlight === this.#job.maxInFlight;
    this.#inFlight--;
    const isLast = this.#next === this.#job.atMs.length && this.#inFlight === 0;
    if (wasFull || isLast) setImmediate(() => this.#tick());
  };

  #report(): void {
    const ended = this.#next - this.#inFlight;
    const elapsedMs = this.#recorder.nowMs();
    this.#onProgress({ elapsedMs, sent: this.#next, ended, ok: this.#recorder.ok });
  }
}
