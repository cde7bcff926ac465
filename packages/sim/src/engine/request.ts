/** A client's request on its way through a balancer: the simulator's `Exchange`. Records are pooled. */

import { type Attempt, DispatchState, type Exchange, type Result } from '@evenkeel/core';
import type { Clients } from './clients.ts';
import type { Courier } from './courier.ts';
import type { Waiter } from './deadlines.ts';
import type { Job } from './job.ts';

/** See above. */
export class SimRequest implements Exchange, Waiter {
  readonly dispatchState: DispatchState = new DispatchState();
  hash = 0;
  idempotent = true;
  /** Its number, and its work, as planned. */
  index = 0;
  work = 0;
  sentMs = 0;
  /** Sent after the warm-up, and so counted. */
  isCounted = false;
  /** Times that the client has repeated it. */
  repeats = 0;
  /** Attempts that a backend has worked off. */
  timesServed = 0;
  /** The balancer that has it. */
  via = 0;
  /** The attempt that is running. */
  job: Job | undefined = undefined;
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
  readonly #courier: Courier;
  readonly #clients: Clients;

  constructor(courier: Courier, clients: Clients) {
    this.#courier = courier;
    this.#clients = clients;
  }

  send(attempt: Attempt): void {
    this.#courier.send(this, attempt);
  }

  abort(): void {
    this.#courier.abort(this);
  }

  finished(result: Result): void {
    this.#clients.finished(this, result);
  }
}
