/**
 * The implementation of `Balancer`: what happens to one request.
 *
 *   dispatch → start ─ none ────────────────────────────────→ finished(none)
 *                    ─ full → queued ─ (room) → start again   → finished(queue-full, queue-timeout)
 *                    ─ attempt → running ─ ok ────────────────→ finished(ok)
 *                                        ─ failed → policy ─ no → finished(failed)
 *                                                          ─ yes → backing off → start again
 *                                        ─ slow → a second attempt beside it (hedging.ts)
 *   cancel, in any state ────────────────────────────────────→ finished(cancelled)
 *
 * `finished` is called exactly once, and the record is idle before it is: a driver may dispatch the
 * same record again from inside `finished`.
 */

import type { Balancer } from '../balancer.ts';
import type { Exchange, Result } from '../exchange.ts';
import type { EndpointPool } from '../pool/endpoint-pool.ts';
import type { RunningAttempt } from '../pool/running-attempt.ts';
import type { NoAttempt } from '../pool.ts';
import type { Clock } from '../ports.ts';
import type { RetryBudget } from '../retry/budget.ts';
import type { HedgePolicy } from '../retry/hedge.ts';
import type { RetryPolicy } from '../retry/policy.ts';
import type { Endpoint, Failed, Outcome } from '../strategy.ts';
import { Hedging } from './hedging.ts';
import { RequestQueue } from './request-queue.ts';
import { Retries } from './retries.ts';

/** The queue's limits; they can be changed while it is in use. */
export interface QueueLimits {
  /** Most requests in the queue; default 1,000. */
  readonly queueLength?: number | undefined;
  /** Longest wait in the queue; default 1 s. */
  readonly queueTimeoutMs?: number | undefined;
}

/** What a balancer works with. */
export interface BalancerOptions extends QueueLimits {
  readonly pool: EndpointPool<Exchange>;
  readonly clock: Clock;
  readonly retries: RetryPolicy;
  readonly budget: RetryBudget;
  /** Second tries of slow requests; undefined: none. */
  readonly hedge?: HedgePolicy | undefined;
  /** Takes out an endpoint that a retry policy gave up on. */
  readonly markDown: (endpoint: Endpoint, reason: string) => void;
}

/** How nearly all requests end: then none needs a result of its own. */
const OK_AT_ONCE: Result = { kind: 'ok', attempts: 1, failure: undefined };

const QUEUE_LENGTH = 1000;
const QUEUE_TIMEOUT_MS = 1000;

/** Drives the requests of one pool; a pool has one balancer. */
export class RequestBalancer implements Balancer {
  readonly #pool: EndpointPool<Exchange>;
  readonly #clock: Clock;
  readonly #retries: Retries;
  readonly #hedging: Hedging;
  #queueLength = QUEUE_LENGTH;
  readonly #markDown: (endpoint: Endpoint, reason: string) => void;
  readonly #queue: RequestQueue;
  #isServingQueue = false;

  constructor(options: BalancerOptions) {
    this.#pool = options.pool;
    this.#clock = options.clock;
    this.#retries = new Retries(options.retries, options.budget, this.#pool, this.#clock);
    this.#queue = new RequestQueue(this.#clock, (exchange) => {
      this.#finish(exchange, 'queue-timeout');
    });
    this.#queue.timeoutMs = QUEUE_TIMEOUT_MS;
    this.setQueueLimits(options);
    this.#hedging = new Hedging(options.hedge, {
      pool: this.#pool,
      clock: this.#clock,
      retries: this.#retries,
    });
    this.#markDown = options.markDown;
    this.#pool.listen({
      attemptEnded: (attempt, outcome) => this.#attemptEnded(attempt, outcome),
      readyChanged: () => this.#serveQueue(),
    });
  }

  get queued(): number {
    return this.#queue.length;
  }

  /**
   * From the next failure on; a request that waits to be sent again is sent when its wait is over.
   */
  setRetries(policy: RetryPolicy): void {
    this.#retries.policy = policy;
  }

  setBudget(budget: RetryBudget): void {
    this.#retries.budget = budget;
  }

  /** From the next request on; without one no second try begins any more. */
  setHedge(policy: HedgePolicy | undefined): void {
    this.#hedging.policy = policy;
  }

  /**
   * Changes the limits that are given; one that is `undefined` gets its default. Queued requests
   * keep their place, also beyond a lower length; another timeout counts from when they were
   * queued.
   */
  setQueueLimits(change: QueueLimits): void {
    if ('queueLength' in change) this.#queueLength = change.queueLength ?? QUEUE_LENGTH;
    if ('queueTimeoutMs' in change) {
      this.#queue.timeoutMs = change.queueTimeoutMs ?? QUEUE_TIMEOUT_MS;
    }
  }

  dispatch(exchange: Exchange): void {
    if (exchange.dispatchState.phase !== 'idle')
      throw new Error('the exchange is already being dispatched');
    this.#proceed(exchange, this.#start(exchange));
  }

  cancel(exchange: Exchange): void {
    const { dispatchState: state } = exchange;
    const { attempt } = state;
    if (state.phase === 'idle' || state.phase === 'ending') return;
    if (state.phase === 'queued') this.#queue.remove(exchange);
    if (state.phase === 'backing-off') this.#clock.cancel(state.timer);
    state.phase = 'ending';
    if (state.hedge !== undefined) this.#hedging.cancel(exchange, state.hedge);
    // Detached first: the attempt's end must not be taken for the request's.
    if (attempt !== undefined) attempt.request = undefined;
    // Settled already where an observer of its end cancels the request.
    if (attempt?.isSettled === false) {
      exchange.abort(attempt);
      attempt.settle({ kind: 'cancelled', latencyMs: this.#clock.now() - attempt.startedMs });
    }
    this.#finish(exchange, 'cancelled');
  }

  wouldRetry(exchange: Exchange, failure: Failed): boolean {
    if (this.#hedging.goesOn(exchange, failure)) return true;
    return this.#retries.after(failure, exchange).again !== 'no';
  }

  /**
   * No new request overtakes those that wait for any endpoint at all. A retry cannot overtake them:
   * what is free for it now is what they may not have, for example a backup behind a full primary.
   */
  #start(exchange: Exchange): RunningAttempt<Exchange> | NoAttempt {
    const { tried } = exchange.dispatchState;
    const isNew = tried.length === 0;
    return isNew && this.#queue.firstAttempts > 0 ? 'full' : this.#pool.start(exchange, tried);
  }

  #proceed(exchange: Exchange, next: RunningAttempt<Exchange> | NoAttempt): void {
    if (next === 'none')
      this.#finish(exchange, exchange.dispatchState.lastFailure ? 'failed' : 'none');
    else if (next === 'full') this.#enqueue(exchange);
    else if (next === 'error') this.#finish(exchange, 'error');
    else this.#send(exchange, next);
  }

  #send(exchange: Exchange, attempt: RunningAttempt<Exchange>): void {
    const { dispatchState: state } = exchange;
    // Here and not in dispatch: a request that is refused at once has made no attempt.
    if (state.attempts === 0 && !this.#retries.deposit(exchange, attempt.startedMs)) {
      this.#giveUp(exchange, attempt);
      return;
    }
    const isSame = state.tried.at(-1) === attempt.endpoint;
    state.phase = 'running';
    state.attempt = attempt;
    state.attempts += 1;
    state.attemptsHere = isSame ? state.attemptsHere + 1 : 1;
    attempt.request = exchange;
    if (state.attempts === 1 && this.#hedging.isOn) this.#hedging.begin(exchange, attempt);
    exchange.send(attempt);
  }

  /** The budget failed before the request was sent. */
  #giveUp(exchange: Exchange, attempt: RunningAttempt<Exchange>): void {
    exchange.dispatchState.phase = 'ending';
    attempt.settle({ kind: 'cancelled', latencyMs: 0 });
    this.#finish(exchange, 'error');
  }

  #attemptEnded(attempt: RunningAttempt<Exchange>, outcome: Outcome): void {
    const { request: exchange } = attempt;
    if (exchange !== undefined) {
      attempt.request = undefined;
      const { hedge } = exchange.dispatchState;
      const goesOn = hedge !== undefined && this.#hedging.ended(exchange, hedge, attempt, outcome);
      if (!goesOn && outcome.kind === 'failed') this.#failed(exchange, attempt, outcome);
      else if (!goesOn) this.#finish(exchange, outcome.kind);
    }
    if (this.#queue.length > 0) this.#serveQueue();
  }

  #failed(exchange: Exchange, attempt: RunningAttempt<Exchange>, failure: Failed): void {
    const { dispatchState: state } = exchange;
    const step = this.#retries.after(failure, exchange);
    if (failure.requestSent) state.sent += 1;
    state.lastFailure = failure;
    state.attempt = undefined;
    const delayMs = step.again === 'no' ? undefined : this.#retries.pay(exchange, attempt.endpoint);
    if (delayMs === undefined) state.phase = 'ending';
    else this.#backOff(exchange, attempt.endpoint, delayMs, step.again === 'same');
    // Only now: an observer of the change may cancel this very request.
    if (step.marksDown) this.#markDown(attempt.endpoint, 'all tries failed');
    if (delayMs === undefined) this.#finish(exchange, state.hasPolicyError ? 'error' : 'failed');
  }

  #backOff(exchange: Exchange, failed: Endpoint, delayMs: number, isSame: boolean): void {
    const { dispatchState: state } = exchange;
    if (!state.tried.includes(failed)) state.tried = [...state.tried, failed];
    state.phase = 'backing-off';
    state.timer = this.#clock.after(delayMs, () => {
      state.timer = 0;
      this.#retry(exchange, isSame ? failed : undefined);
    });
  }

  #retry(exchange: Exchange, same: Endpoint | undefined): void {
    if (same === undefined) {
      this.#proceed(exchange, this.#start(exchange));
      return;
    }
    // The same endpoint may have been taken out meanwhile: then another is asked.
    const next = this.#pool.startAt(same);
    this.#proceed(exchange, next === 'none' ? this.#start(exchange) : next);
  }

  #finish(exchange: Exchange, kind: Result['kind']): void {
    const { dispatchState: state } = exchange;
    const { attempts, lastFailure } = state;
    state.reset();
    if (kind === 'ok' && attempts === 1) {
      exchange.finished(OK_AT_ONCE);
      return;
    }
    const failure = kind === 'ok' ? undefined : lastFailure;
    exchange.finished({ kind, attempts, failure });
  }

  #enqueue(exchange: Exchange): void {
    if (this.#queue.length >= this.#queueLength) {
      this.#finish(exchange, 'queue-full');
      return;
    }
    exchange.dispatchState.phase = 'queued';
    this.#queue.push(exchange);
  }

  /**
   * Gives free endpoints to the queued requests, in order. Only a retry may be passed over: when
   * the one free endpoint is the one that has failed it. Not re-entered: whatever happens from
   * inside `send`, the outer loop starts again at the head.
   */
  #serveQueue(): void {
    if (this.#isServingQueue) return;
    this.#isServingQueue = true;
    try {
      this.#serveQueueInOrder();
    } finally {
      this.#isServingQueue = false;
    }
  }

  #serveQueueInOrder(): void {
    let exchange = this.#queue.head;
    while (exchange !== undefined) {
      const { nextInQueue, tried } = exchange.dispatchState;
      const next = this.#pool.start(exchange, tried);
      if (next === 'full') {
        if (tried.length === 0) return;
        exchange = nextInQueue;
        continue;
      }
      this.#queue.remove(exchange);
      this.#proceed(exchange, next);
      // What was sent may have ended already, and changed the queue: start again at the head.
      exchange = this.#queue.head;
    }
  }
}
