/**
 * The closed loop, on autocannon: so many clients, each of which sends its next request when it has
 * the answer to its last. Good for one question only, how much a subject can do: it sends least when
 * the subject is slowest, so its latencies say nothing about a load that comes from outside.
 *
 * autocannon 9 tells its clients' events apart but not its requests. It never learns that a server
 * closed a connection: the request in flight stays at the head of its queue and every later latency
 * is that of another request; and a refused connection is dialled again at once, without end. So a
 * run in which a connection broke is cut short, and void. Its histogram holds whole milliseconds:
 * times are taken from the events.
 */

import autocannon from 'autocannon';
import { outcomeOfStatus } from './classify.ts';
import type { ClientOutcome, ClosedJob, Progress, Samples } from './job.ts';
import { Recorder } from './recorder.ts';

const PROGRESS_EVERY_MS = 250;
/** How often autocannon looks whether all is over. */
const SAMPLE_MS = 50;
const TIMEOUT_MIN_S = 1;
/** A timer may fire so much before its time. */
const TIMER_SLACK_MS = 2;

/** What the parser says of a response's head: `headers` are names and values in turn. */
interface Head {
  readonly headers: readonly string[];
}

/** Runs a job to its end, or until a connection breaks. */
export async function runClosedLoop(
  job: ClosedJob,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Samples> {
  return await new ClosedLoop(job, onProgress).run();
}

class ClosedLoop {
  readonly #job: ClosedJob;
  readonly #onProgress: (progress: Progress) => void;
  readonly #recorder: Recorder;
  readonly #body: string;
  readonly #clients: LoopClient[] = [];
  #sent = 0;
  #answered = 0;
  #failed = 0;
  #cutShort: string | null = null;

  constructor(job: ClosedJob, onProgress: (progress: Progress) => void) {
    this.#job = job;
    this.#onProgress = onProgress;
    this.#recorder = new Recorder(job.work.length);
    this.#body = 'x'.repeat(job.bodyBytes);
  }

  async run(): Promise<Samples> {
    const { targets, connections, durationMs, timeoutMs } = this.#job;
    const progress = setInterval(() => this.#report(), PROGRESS_EVERY_MS);
    const timeoutS = Math.max(TIMEOUT_MIN_S, timeoutMs / 1000);
    await autocannon({
      url: targets,
      connections,
      // Clients end by themselves, with their last answer; this is for those that get none.
      duration: durationMs / 1000 + 2 * timeoutS,
      timeout: timeoutS,
      sampleInt: SAMPLE_MS,
      setupClient: (client) => {
        this.#clients.push(new LoopClient(client, this));
      },
    });
    clearInterval(progress);
    for (const client of this.#clients) client.abandon();
    const ended = this.#answered + this.#failed;
    if (ended !== this.#sent) this.cut(`${this.#sent} requests sent, but ${ended} accounted for`);
    return this.#recorder.finish(this.#sent, this.#cutShort);
  }

  /** Whether a client may send another one. */
  get isOpen(): boolean {
    return this.#cutShort === null && this.#recorder.nowMs() < this.#job.durationMs;
  }

  get timeoutMs(): number {
    return Math.max(TIMEOUT_MIN_S * 1000, this.#job.timeoutMs);
  }

  /** The next request of the plan, taken by one client; null when there is none left. */
  take(): { readonly index: number; readonly request: autocannon.Request } | null {
    const { work, post, key, idPrefix } = this.#job;
    const index = this.#sent;
    if (index === work.length) {
      this.cut(`all ${work.length} planned requests were sent before the time was over`);
      return null;
    }
    this.#sent++;
    const headers = {
      'X-Request-Id': `${idPrefix}${index}`,
      'X-Work': String(work[index]),
      'X-Work-Index': String(index),
      'X-Key': key[index] ?? '',
    };
    const isPost = post[index] === 1;
    const method = isPost ? 'POST' : 'GET';
    this.#recorder.sent(index, this.#recorder.nowMs());
    const body = isPost ? { body: this.#body } : {};
    return { index, request: { method, path: '/', headers, ...body } };
  }

  /** `tookMs`: from writing the request to the last byte of its answer, by autocannon's clock. */
  answered(index: number, status: number, tookMs: number, backend: string): void {
    this.#answered++;
    const nowMs = this.#recorder.nowMs();
    this.#recorder.sent(index, Math.max(0, nowMs - tookMs));
    this.#recorder.ended(index, nowMs, outcomeOfStatus(status), backend);
  }

  failed(index: number, outcome: ClientOutcome): void {
    this.#failed++;
    this.#recorder.ended(index, this.#recorder.nowMs(), outcome, '');
  }

  /** How long ago the request was sent. */
  ageMs(index: number): number {
    return this.#recorder.nowMs() - this.#recorder.sentMs(index);
  }

  /** Ends the run; the first reason counts. */
  cut(reason: string): void {
    if (this.#cutShort !== null) return;
    this.#cutShort = reason;
    for (const client of this.#clients) client.abandonSoon();
  }

  #report(): void {
    const ended = this.#answered + this.#failed;
    const elapsedMs = this.#recorder.nowMs();
    this.#onProgress({ elapsedMs, sent: this.#sent, ended, ok: this.#recorder.ok });
  }
}

/** One client: which request of the plan is in its hands. */
class LoopClient {
  readonly #client: autocannon.Client;
  readonly #loop: ClosedLoop;
  /** Index of the request in flight; null between an answer and the next request. */
  #index: number | null = null;
  #backend = '';

  constructor(client: autocannon.Client, loop: ClosedLoop) {
    this.#client = client;
    this.#loop = loop;
    client.on('request', () => this.#onRequest());
    client.on('headers', ({ headers }: Head) => {
      this.#backend = headerOf(headers, 'x-backend');
    });
    client.on('response', (status: number, _bytes: number, tookMs: number) =>
      this.#onResponse(status, tookMs),
    );
    client.on('connError', (error: Error) => this.#onConnectionError(error));
  }

  /** Ends the client; a request in its hands is given up. */
  abandon(): void {
    if (this.#index !== null) this.#loop.failed(this.#index, 'other');
    this.#index = null;
    this.#client.destroy();
  }

  /** Not while the client sends: it would wind up its timer again, and send for ever. */
  abandonSoon(): void {
    setImmediate(() => this.abandon());
  }

  /** Comes right before the request is written; only now may it be changed. */
  #onRequest(): void {
    if (this.#index !== null && !this.#onReconnected(this.#index)) return;
    const next = this.#loop.isOpen ? this.#loop.take() : null;
    if (next === null) {
      this.abandonSoon();
      return;
    }
    this.#index = next.index;
    this.#backend = '';
    this.#client.setRequests([next.request]);
  }

  /** There is a new connection, for the old one gave no answer; whether the run can go on. */
  #onReconnected(index: number): boolean {
    const isOverdue = this.#loop.ageMs(index) >= this.#loop.timeoutMs - TIMER_SLACK_MS;
    this.#index = null;
    this.#loop.failed(index, isOverdue ? 'silent' : 'closed');
    // After a timeout autocannon empties its queue; after a close it does not.
    if (!isOverdue) this.#loop.cut('a connection was closed, which shifts later latencies');
    return isOverdue;
  }

  #onResponse(status: number, tookMs: number): void {
    const index = this.#index;
    if (index === null) {
      this.#loop.cut('an answer came to no request');
      return;
    }
    this.#index = null;
    this.#loop.answered(index, status, tookMs, this.#backend);
    if (!this.#loop.isOpen) this.#client.responseMax = this.#client.reqsMade;
  }

  #onConnectionError(error: Error): void {
    const code = 'code' in error ? String(error.code) : error.message;
    if (this.#index !== null) {
      this.#loop.failed(this.#index, code === 'ECONNREFUSED' ? 'refused' : 'closed');
      this.#index = null;
    }
    this.#loop.cut(`a connection broke (${code})`);
  }
}

function headerOf(headers: readonly string[], name: string): string {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === name) return headers[i + 1] ?? '';
  }
  return '';
}
