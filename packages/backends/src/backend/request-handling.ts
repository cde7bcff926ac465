/**
 * How a backend handles one request: it reads the body, meets the faults in force, waits for a slot, does and
 * records the work, and answers.
 */

import type { Answer } from '@evenkeel/sim/faults';
import type { Request, Response } from 'express';
import type { BackendContext } from './backend-context.ts';
import { atDeadline } from './deadline.ts';
import { deliver } from './deliver.ts';
import type { QueuedWork } from './service.ts';

/** The largest number below 1 that a draw can give: every quantile is finite there. */
const ALMOST_ONE = 1 - 2 ** -32;

/** Handles a request to its end; there is nothing to await. */
export function handleRequest(backend: BackendContext, request: Request, response: Response): void {
  new RequestHandling(backend, request, response).begin();
}

class RequestHandling implements QueuedWork {
  readonly #backend: BackendContext;
  readonly #request: Request;
  readonly #response: Response;
  readonly #id: string | undefined;
  /** `X-Work` and `X-Work-Index` as sent. */
  readonly #work: string | undefined;
  readonly #workIndex: string | undefined;
  readonly #n: number;
  #bodyBytes = 0;

  constructor(backend: BackendContext, request: Request, response: Response) {
    this.#backend = backend;
    this.#request = request;
    this.#response = response;
    this.#id = request.get('x-request-id');
    this.#work = request.get('x-work');
    this.#workIndex = request.get('x-work-index');
    this.#n = backend.stats.arrived();
    if (this.#id !== undefined) backend.journal.arrived(request.method, this.#id);
    response.once('close', () => {
      backend.service.withdraw(this);
      backend.stats.left();
    });
  }

  begin(): void {
    const wrong = this.#wrongHeader();
    if (wrong !== undefined) {
      this.#whenRead(() => this.#fail(400, wrong));
      return;
    }
    const admission = this.#backend.faults.admit(this.#index);
    if (admission.kind === 'silent') this.#request.resume();
    else if (admission.kind === 'error') {
      this.#whenRead(() => this.#fail(admission.status, admission.cause));
    } else this.#whenRead(() => this.#delay());
  }

  get serviceMs(): number {
    const { serviceTime, random, faults } = this.#backend;
    const u = this.#work === undefined ? random.next() : Math.min(Number(this.#work), ALMOST_ONE);
    return serviceTime.sampleAt(u) + faults.leakedMs;
  }

  started(waitedMs: number): void {
    this.#backend.stats.waited(waitedMs);
    if (this.#id !== undefined) this.#backend.journal.started(this.#request.method, this.#id);
  }

  done(tookMs: number): void {
    const { stats, faults, journal } = this.#backend;
    stats.worked(tookMs);
    if (this.#id !== undefined) journal.finished(this.#request.method, this.#id);
    faults.served(this.#index);
    const error = faults.error(this.#index);
    if (error) this.#answer(error.status, 'text/plain', error.body);
    else this.#answer(200, 'application/json', this.#report());
  }

  /** The request's index in the plan, from which its faults are drawn. */
  get #index(): number | undefined {
    return this.#workIndex === undefined ? undefined : Number(this.#workIndex);
  }

  #wrongHeader(): string | undefined {
    const work = this.#work;
    if (work !== undefined && !(work.trim() !== '' && Number(work) >= 0 && Number(work) <= 1)) {
      return `X-Work must be a number from 0 to 1, got "${work}"`;
    }
    const index = this.#workIndex;
    if (index === undefined || /^\d{1,15}$/.test(index)) return undefined;
    return `X-Work-Index must be an integer ≥ 0, got "${index}"`;
  }

  /** A request is served when it has been received whole, never half of one. */
  #whenRead(next: () => void): void {
    const { headers } = this.#request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
      next();
      return;
    }
    this.#request.on('data', (chunk: Buffer) => {
      this.#bodyBytes += chunk.length;
    });
    this.#request.once('end', next);
  }

  #delay(): void {
    const { clock, faults } = this.#backend;
    const delayMs = faults.delayMs(this.#index);
    if (delayMs === undefined) this.#enqueue();
    else atDeadline(clock, clock.now() + delayMs, () => this.#enqueue());
  }

  #enqueue(): void {
    if (this.#response.destroyed || this.#backend.service.submit(this)) return;
    this.#backend.stats.rejected();
    this.#fail(503, 'queue full');
  }

  #fail(status: number, error: string): void {
    const body = { id: this.#backend.id, pid: process.pid, n: this.#n, error };
    this.#answer(status, 'application/json', JSON.stringify(body));
  }

  #report(): string {
    return JSON.stringify({
      id: this.#backend.id,
      pid: process.pid,
      n: this.#n,
      method: this.#request.method,
      url: this.#request.originalUrl,
      bodyBytes: this.#bodyBytes,
    });
  }

  #answer(status: number, type: string, text: string): void {
    const body = Buffer.from(text);
    const answer: Answer = { status, bodyBytes: body.length };
    const delivery = this.#backend.faults.deliver(this.#index, answer);
    deliver(this.#backend, this.#index, this.#response, { type, body, delivery });
  }
}
