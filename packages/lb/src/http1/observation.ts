/**
 * What an exchange observes of its request, and tells the front's observer; one record, used again for each.
 * It reads the time when it is told of something, so that whatever happens is told where it happens.
 */

import type { Attempt, Endpoint } from '@evenkeel/core';
import type {
  AttemptObservation,
  AttemptOutcome,
  AttemptTrace,
  RequestObservation,
  RequestTracer,
} from '../observer.ts';
import type { Reason, RequestEnd } from '../reasons.ts';
import type { ClientResponse } from './client-response.ts';
import type { FrontState } from './front-state.ts';
import type { ForwardedRequest } from './request.ts';
import type { RequestBody } from './request-body.ts';

/** What is observed of one attempt. */
class AttemptRecord implements AttemptObservation {
  backend = '';
  connectMs = -1;
  firstByteMs = -1;
  durationMs = 0;
  status = 0;
  outcome: AttemptOutcome = 'cancelled';
  startedMs = 0;
  attempt: Attempt | undefined;
  trace: AttemptTrace | undefined;

  begin(attempt: Attempt): void {
    this.attempt = attempt;
    this.backend = attempt.endpoint.id;
    this.startedMs = attempt.startedMs;
    this.connectMs = -1;
    this.firstByteMs = -1;
    this.durationMs = 0;
    this.status = 0;
    this.outcome = 'cancelled';
  }
}

export class Observation implements RequestObservation {
  readonly #front: FrontState;
  readonly #request: ForwardedRequest;
  readonly #requestBody: RequestBody;
  readonly #response: ClientResponse;
  /** The attempt that runs. */
  #running: AttemptRecord | undefined;
  #startMs = 0;

  end: RequestEnd = 'complete';
  reason: Reason = '';
  backend = '';
  status = 0;
  attempts = 0;
  readonly tries: AttemptRecord[] = [];
  afterEvent = 0;
  requestBodyBytes = 0;
  responseBytes = 0;
  responseBodyBytes = 0;
  queueMs = 0;
  firstByteMs = 0;
  durationMs = 0;
  isSession = false;

  constructor(
    front: FrontState,
    request: ForwardedRequest,
    requestBody: RequestBody,
    response: ClientResponse,
  ) {
    this.#front = front;
    this.#request = request;
    this.#requestBody = requestBody;
    this.#response = response;
  }

  /** A request begins; the one before is forgotten. */
  begin(): void {
    this.#startMs = this.#front.clock.now();
    this.#running = undefined;
    this.end = 'complete';
    this.reason = '';
    this.backend = '';
    this.status = 0;
    this.attempts = 0;
    this.afterEvent = 0;
    this.firstByteMs = 0;
    this.isSession = false;
  }

  /** @returns what the backend is told of the attempt's span; empty: nothing is traced */
  attemptBegins(attempt: Attempt): string {
    const { tries } = this;
    if (this.attempts === 0) this.queueMs = attempt.startedMs - this.#startMs;
    if (this.attempts === tries.length) tries.push(new AttemptRecord());
    const record = tries[this.attempts] as AttemptRecord;
    record.begin(attempt);
    const { endpoint, afterEvent } = attempt;
    record.trace = this.#traceOf(endpoint);
    this.#running = record;
    this.attempts += 1;
    this.backend = record.backend;
    this.afterEvent = afterEvent;
    return record.trace?.parent ?? '';
  }

  #traceOf(endpoint: Endpoint): AttemptTrace | undefined {
    const { trace, destination } = this.#request;
    if (trace === undefined || destination === undefined) return undefined;
    return trace.attempt(endpoint.id, destination.upstreams.hostOf(endpoint), this.attempts);
  }

  /** Where two attempts run: what follows is about this one. */
  isAbout(attempt: Attempt | undefined): void {
    const record = attempt && this.#recordOf(attempt);
    if (record === undefined) return;
    this.#running = record;
    this.backend = record.backend;
    this.afterEvent = attempt?.afterEvent ?? 0;
  }

  #recordOf(attempt: Attempt): AttemptRecord | undefined {
    if (this.#running?.attempt === attempt) return this.#running;
    return this.tries.findLast((record) => record.attempt === attempt);
  }

  /** A connection was made for the attempt; its dial began at `dialledMs`. */
  connected(dialledMs: number): void {
    if (this.#running !== undefined) {
      this.#running.connectMs = this.#front.clock.now() - dialledMs;
    }
  }

  /** The head of the attempt's response is there. */
  headCame(status: number): void {
    const record = this.#running;
    if (record === undefined) return;
    record.status = status;
    record.firstByteMs = this.#front.clock.now() - record.startedMs;
  }

  /** That head goes out to the client. */
  headPassed(status: number): void {
    this.status = status;
    this.firstByteMs = this.#front.clock.now() - this.#startMs;
  }

  /** The attempt has ended; to be told before core goes on with the request. */
  attemptEnds(outcome: AttemptOutcome, attempt?: Attempt): void {
    const record = attempt === undefined ? this.#running : this.#recordOf(attempt);
    if (record === undefined) return;
    if (record === this.#running) this.#running = undefined;
    record.outcome = outcome;
    record.durationMs = this.#front.clock.now() - record.startedMs;
    record.trace?.end(record);
    this.#front.observer.attemptEnded?.(this.#request, record);
  }

  /** The request has ended. */
  ends(end: RequestEnd): void {
    this.end = end;
    this.requestBodyBytes = this.#requestBody.receivedBytes;
    this.responseBytes = this.#response.sentBytes;
    this.responseBodyBytes = this.#response.sentBytes - this.#response.headBytes;
    this.durationMs = this.#front.clock.now() - this.#startMs;
    if (this.attempts === 0) this.queueMs = this.durationMs;
    const { tracer } = this.#front.observer;
    if (tracer !== undefined) this.#endTrace(tracer);
    this.#front.observer.requestEnded?.(this.#request, this);
  }

  /** One whose head could not be read has no span yet. */
  #endTrace(tracer: RequestTracer): void {
    const request = this.#request;
    request.trace ??= tracer.begin(request.method, '', '');
    request.trace.end(request, this);
  }
}
