/**
 * One request on its way through the balancer and undici: core's `Exchange`, whose attempts are undici's
 * dispatches to single backends.
 */

import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attempt,
  DispatchState,
  type Exchange,
  type Failed,
  type FailureCause,
  hash32,
  type Result,
} from '@evenkeel/core';
import type { Dispatcher } from 'undici';
import type { Service } from '../service.ts';
import { RequestController } from './controller.ts';
import { UnansweredError } from './error.ts';
import { type Body, ReplayableBody } from './replayable-body.ts';

/** What a request is sent with. */
export interface RequestContext {
  readonly service: Service;
  /** Sends to one backend. */
  readonly agent: Dispatcher;
  readonly now: () => number;
  /** How much of a body is kept for another attempt. */
  readonly replayBytes: number;
  /** The request is over. */
  readonly ended: () => void;
}

const IDEMPOTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'OPTIONS',
  'TRACE',
  'PUT',
  'DELETE',
]);
const ERRORS_FROM = 500;
const FINAL_FROM = 200;

/** Failures by undici's codes and the system's; anything else is a reset. */
const CAUSES: Readonly<Record<string, FailureCause>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ENOTFOUND: 'refused',
  UND_ERR_CONNECT_TIMEOUT: 'connect-timeout',
  ETIMEDOUT: 'connect-timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'protocol',
};
/** The caller's own mistakes: no backend would do better. */
const OWN_CODES: ReadonlySet<string> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/** A running request. */
export class BalancedRequest implements Exchange {
  readonly dispatchState: DispatchState = new DispatchState();
  readonly hash: number;
  readonly idempotent: boolean;
  readonly #context: RequestContext;
  readonly #options: Dispatcher.DispatchOptions;
  readonly #handler: Dispatcher.DispatchHandler;
  readonly #body: ReplayableBody;
  readonly #controller: RequestController;
  /** The last attempt's; what comes for an earlier one is not heeded. */
  #running: AttemptHandler | undefined;
  #lastError: unknown;
  #isComplete = false;

  constructor(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
    hash: number,
    context: RequestContext,
  ) {
    this.#options = options;
    this.#handler = handler;
    this.hash = hash;
    this.#context = context;
    this.idempotent = IDEMPOTENT.has(options.method);
    this.#body = new ReplayableBody((options.body ?? null) as Body, context.replayBytes);
    this.#controller = new RequestController(() => context.service.balancer.cancel(this));
  }

  get identity(): number {
    const [path = ''] = this.#options.path.split('?', 1);
    const { method } = this.#options;
    return hash32(`${method === 'HEAD' ? 'GET' : method} ${path}`);
  }

  /** Begins; the handler is called at once, so that it can abort it from then on. */
  begin(): void {
    const controller = this.#controller;
    this.#handler.onRequestStart?.(controller, {});
    if (!controller.aborted) this.#context.service.balancer.dispatch(this);
    else this.finished({ kind: 'cancelled', attempts: 0 });
  }

  send(attempt: Attempt): void {
    const running = new AttemptHandler(this, attempt, this.#controller);
    this.#controller.current = undefined;
    this.#running = running;
    const address = this.#context.service.pool.member(attempt.endpoint.id)?.address ?? '';
    const body = this.#body.next() as Dispatcher.DispatchOptions['body'] & object;
    const options = { ...this.#options, origin: `http://${address}`, body };
    this.#context.agent.dispatch(options, running);
  }

  abort(): void {
    this.#running?.stop(this.#controller.reason ?? new Error('called off'));
    this.#running = undefined;
  }

  finished(result: Result): void {
    this.#running = undefined;
    this.#context.ended();
    if (this.#isComplete) return;
    const error = this.#controller.reason ?? new UnansweredError(result, this.#lastError);
    this.#handler.onResponseError?.(this.#controller, error);
  }

  /** @returns whether the response passes on; if not, another attempt follows */
  answered(
    attempt: Attempt,
    status: number,
    headers: IncomingHttpHeaders,
    message: string | undefined,
  ): boolean {
    const { service } = this.#context;
    const isFailure = service.pool.isFailureStatus(status);
    if (status >= ERRORS_FROM) {
      const failure = this.#failure(attempt, 'status', true, status);
      if (service.balancer.wouldRetry(this, failure)) {
        attempt.settle(failure);
        return false;
      }
    }
    if (!isFailure) attempt.firstByte();
    attempt.commit();
    this.#handler.onResponseStart?.(this.#controller, status, headers, message);
    return true;
  }

  data(chunk: Buffer): void {
    this.#handler.onResponseData?.(this.#controller, chunk);
  }

  completed(attempt: Attempt, status: number, trailers: IncomingHttpHeaders): void {
    this.#isComplete = true;
    if (this.#context.service.pool.isFailureStatus(status)) {
      attempt.settle(this.#failure(attempt, 'status', true, status));
    } else {
      const latencyMs = this.#context.now() - attempt.startedMs;
      attempt.settle({ kind: 'ok', status, latencyMs });
    }
    this.#handler.onResponseEnd?.(this.#controller, trailers);
  }

  failed(attempt: Attempt, error: Error, requestSent: boolean): void {
    const { code = '' } = error as NodeJS.ErrnoException;
    this.#lastError = error;
    if (OWN_CODES.has(code) || this.#body.isBroken) {
      this.#controller.abort(error);
      return;
    }
    const cause = CAUSES[code] ?? (code.startsWith('HPE_') ? 'protocol' : 'reset');
    attempt.settle(this.#failure(attempt, cause, requestSent, undefined));
  }

  #failure(
    { startedMs }: Attempt,
    cause: FailureCause,
    requestSent: boolean,
    status: number | undefined,
  ): Failed {
    const isFailure = status === undefined || this.#context.service.pool.isFailureStatus(status);
    return {
      kind: 'failed',
      cause,
      status,
      requestSent,
      replayable: this.#body.isReplayable,
      isNeutral: !isFailure,
      latencyMs: this.#context.now() - startedMs,
    };
  }
}

/** Hears what undici says of one attempt, until that is over. */
class AttemptHandler implements Dispatcher.DispatchHandler {
  readonly #request: BalancedRequest;
  readonly #attempt: Attempt;
  #stopped: Error | undefined;
  #status = 0;
  readonly #outer: RequestController;
  #inner: Dispatcher.DispatchController | undefined;
  #isOver = false;

  constructor(request: BalancedRequest, attempt: Attempt, outer: RequestController) {
    this.#request = request;
    this.#attempt = attempt;
    this.#outer = outer;
  }

  stop(reason: Error): void {
    this.#isOver = true;
    this.#stopped = reason;
    this.#inner?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#inner = controller;
    // It was still waiting for a connection when it was called off.
    if (this.#stopped !== undefined) {
      controller.abort(this.#stopped);
      return;
    }
    this.#outer.current = controller;
    if (this.#outer.paused) controller.pause();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string,
  ): void {
    if (this.#isOver || status < FINAL_FROM) return;
    this.#status = status;
    if (!this.#request.answered(this.#attempt, status, headers, message)) {
      this.#isOver = true;
      controller.abort(new Error('asked elsewhere'));
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#isOver) this.#request.data(chunk);
  }

  onResponseEnd(_: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#request.completed(this.#attempt, this.#status, trailers);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#request.failed(this.#attempt, error, this.#inner !== undefined);
  }
}
