/** A client's request on its way through a balancer: the simulator's `Exchange`. Records are pooled. */

import { type Attempt, DispatchState, type Exchange, type Result } from '@evenkeel/core';
import type { RequestSource } from '../scenario/arrivals.ts';
import type { Waiter } from './deadlines.ts';

/** Carries a request's attempts to backends. */
export interface Transport {
  send(request: SimRequest, attempt: Attempt): void;
  /** The balancer has given up an attempt that is running. */
  abort(request: SimRequest, attempt: Attempt): void;
}

/** The sender of a request, which is told of its end. */
export interface Client {
  finished(request: SimRequest, result: Result): void;
}

/** One request: what was planned, and how far it has come. */
export class SimRequest implements Exchange, Waiter {
  readonly dispatchState: DispatchState = new DispatchState();
  idempotent = true;
  readonly mayHedge: boolean = true;
  /** Its number, and its work, as planned. */
  index = 0;
  work = 0;
  /** As in `RequestSource`. */
  key = 0;
  /** As in `RequestSource`. */
  serviceMs: number = Number.NaN;
  sentMs = 0;
  /** Sent after the warm-up, and so counted. */
  isCounted = false;
  /** Times that the client has repeated it. */
  repeats = 0;
  /** Attempts that a backend has worked off. */
  timesServed = 0;
  /** The balancer that has it. */
  via = 0;
  /** Index of the job of the attempt that is running; -1 without one. */
  jobIndex = -1;
  /** The same of a second attempt beside it. */
  secondJobIndex = -1;
  /** Time that the last attempt worked off had waited in its backend's queue. */
  queueingMs = 0;
  /** Status of the answer, 0 before there is one. */
  status = 0;
  /** The answer broke off after its head. */
  broken: 'reset' | 'truncated' | undefined = undefined;
  /** Its client waits for it. */
  isWaitedFor = false;
  dueMs = 0;
  earlier: this | undefined = undefined;
  later: this | undefined = undefined;
  readonly #transport: Transport;
  readonly #client: Client;
  readonly #source: RequestSource;

  constructor(transport: Transport, client: Client, source: RequestSource) {
    this.#transport = transport;
    this.#client = client;
    this.#source = source;
  }

  get hash(): number {
    return this.#source.hashOf(this.key);
  }

  /** Live, all requests of a scenario ask for `/`: the method alone tells them apart. */
  get identity(): number {
    return this.idempotent ? 0 : 1;
  }

  send(attempt: Attempt): void {
    this.#transport.send(this, attempt);
  }

  abort(attempt: Attempt): void {
    this.#transport.abort(this, attempt);
  }

  finished(result: Result): void {
    this.#client.finished(this, result);
  }
}
