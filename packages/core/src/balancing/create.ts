/**
 * The balancer: one request's life.
 *
 *   dispatch → start ─ none ────────────────────────────────→ finished(none)
 *                    ─ full → queued ─ (room) → start again   → finished(queue-full, queue-timeout)
 *                    ─ attempt → running ─ ok ────────────────→ finished(ok)
 *                                        ─ failed → policy ─ no → finished(failed)
 *                                                          ─ yes → backing off → start again
 *   cancel, in any state ────────────────────────────────────→ finished(cancelled)
 *
 * `finished` is called exactly once, and the record is idle before it is: a driver may dispatch the same
 * record again from inside `finished`.
 */

import type { Attempt } from '../attempt.ts';
import type { Balancer, Exchange, Result } from '../balancer.ts';
import type { WorkingPool } from '../pool/create.ts';
import type { RunningAttempt } from '../pool/running-attempt.ts';
import type { NoAttempt } from '../pool.ts';
import type { Clock, TimerId } from '../ports.ts';
import type { RetryBudget } from '../retry/budget.ts';
import type { Progress, RetryPolicy, RetryStep } from '../retry/policy.ts';
import type { Endpoint, Failed, Outcome } from '../strategy.ts';
import { WaitingLine } from './waiting-line.ts';

/** What a balancer works with. */
export interface BalancerOptions {
  readonly pool: WorkingPool;
  readonly clock: Clock;
  readonly retries: RetryPolicy;
  readonly budget: RetryBudget;
  /** Most requests in the queue; default 1,000. */
  readonly queueLength?: number | undefined;
  /** Longest wait in the queue; default 1 s. */
  readonly queueTimeoutMs?: number | undefined;
  /** Takes out an endpoint that a retry policy gave up on. */
  readonly markDown: (endpoint: Endpoint, reason: string) => void;
}

/** Makes the balancer of a pool; a pool has one. */
export function createBalancer(options: BalancerOptions): WorkingBalancer {
  return new WorkingBalancer(options);
}

const STOP: RetryStep = { again: 'no', marksDown: false };

/** The implementation of `Balancer`. */
export class WorkingBalancer implements Balancer {
  readonly #pool: WorkingPool;
  readonly #clock: Clock;
  readonly #retries: RetryPolicy;
  readonly #budget: RetryBudget;
  readonly #queueLength: number;
  readonly #queueTimeoutMs: number;
  readonly #markDown: (endpoint: Endpoint, reason: string) => void;
  readonly #line = new WaitingLine();
  /** Requests in the line that have not failed yet: any endpoint will do. */
  #unchoosy = 0;
  #lineTimer: TimerId = 0;
  #isServingLine = false;

  constructor(options: BalancerOptions) {
    this.#pool = options.pool;
    this.#clock = options.clock;
    this.#retries = options.retries;
    this.#budget = options.budget;
    this.#queueLength = options.queueLength ?? 1000;
    this.#queueTimeoutMs = options.queueTimeoutMs ?? 1000;
    this.#markDown = options.markDown;
    this.#pool.listen(
      (attempt, outcome) => this.#attemptEnded(attempt, outcome),
      () => this.#serveLine(),
    );
  }

  get queued(): number {
    return this.#line.length;
  }

  dispatch(exchange: Exchange): void {
    if (exchange.life.state !== 'idle') throw new Error('the exchange is already being dispatched');
    this.#proceed(exchange, this.#start(exchange));
  }

  cancel(exchange: Exchange): void {
    const { life } = exchange;
    const { attempt } = life;
    if (life.state === 'idle' || life.state === 'ending') return;
    if (life.state === 'queued') this.#leaveLine(exchange);
    if (life.state === 'backing-off') this.#clock.cancel(life.timer);
    life.state = 'ending';
    // No longer ours: its end must not be taken for the request's.
    if (attempt !== undefined) attempt.exchange = undefined;
    // Settled already where an observer of its end cancels the request.
    if (attempt?.isSettled === false) {
      exchange.abort(attempt);
      attempt.settle({ kind: 'cancelled', latencyMs: this.#clock.now() - attempt.startedMs });
    }
    this.#finish(exchange, 'cancelled');
  }

  wouldRetry(exchange: Exchange, failure: Failed): boolean {
    return this.#step(exchange, failure).again !== 'no';
  }

  /**
   * No newcomer overtakes those who wait for any endpoint at all. A retry cannot: what is free for it
   * now is what they may not have, a backup behind a full primary.
   */
  #start(exchange: Exchange): Attempt | NoAttempt {
    const { tried } = exchange.life;
    const isNew = tried.length === 0;
    return isNew && this.#unchoosy > 0 ? 'full' : this.#pool.start(exchange, tried);
  }

  #proceed(exchange: Exchange, next: Attempt | NoAttempt): void {
    if (next === 'none') this.#finish(exchange, exchange.life.lastFailure ? 'failed' : 'none');
    else if (next === 'full') this.#enqueue(exchange);
    else this.#send(exchange, next as RunningAttempt);
  }

  #send(exchange: Exchange, attempt: RunningAttempt): void {
    const { life } = exchange;
    // Here and not in dispatch: who is turned away at the door has made no attempt.
    if (life.attempts === 0) this.#budget.deposit(attempt.startedMs);
    const isSame = life.tried.at(-1) === attempt.endpoint;
    life.state = 'running';
    life.attempt = attempt;
    life.attempts += 1;
    life.attemptsHere = isSame ? life.attemptsHere + 1 : 1;
    attempt.exchange = exchange;
    exchange.send(attempt);
  }

  #attemptEnded(attempt: RunningAttempt, outcome: Outcome): void {
    const { exchange } = attempt;
    if (exchange !== undefined) {
      attempt.exchange = undefined;
      if (outcome.kind === 'failed') this.#failed(exchange, attempt, outcome);
      else this.#finish(exchange, outcome.kind);
    }
    if (this.#line.length > 0) this.#serveLine();
  }

  #failed(exchange: Exchange, attempt: RunningAttempt, failure: Failed): void {
    const { life } = exchange;
    const step = this.#step(exchange, failure);
    life.lastFailure = failure;
    life.attempt = undefined;
    const isOver = step.again === 'no' || !this.#pay();
    if (isOver) life.state = 'ending';
    else this.#backOff(exchange, attempt.endpoint, step.again === 'same');
    // Only now: those who hear of it may cancel this very request.
    if (step.marksDown) this.#markDown(attempt.endpoint, 'all tries failed');
    if (isOver) this.#finish(exchange, 'failed');
  }

  #backOff(exchange: Exchange, failed: Endpoint, isSame: boolean): void {
    const { life } = exchange;
    const delayMs = this.#retries.delayMs(this.#progress(exchange, failed));
    if (!life.tried.includes(failed)) life.tried = [...life.tried, failed];
    life.state = 'backing-off';
    life.timer = this.#clock.after(delayMs, () => {
      life.timer = 0;
      this.#retry(exchange, isSame ? failed : undefined);
    });
  }

  #retry(exchange: Exchange, same: Endpoint | undefined): void {
    if (same === undefined) {
      this.#proceed(exchange, this.#start(exchange));
      return;
    }
    // The same endpoint may have been taken out meanwhile: then it is the next one's turn.
    const next = this.#pool.startAt(same);
    this.#proceed(exchange, next === 'none' ? this.#start(exchange) : next);
  }

  #step(exchange: Exchange, failure: Failed): RetryStep {
    const { attempt } = exchange.life;
    if (attempt === undefined || attempt.isCommitted) return STOP;
    const progress = this.#progress(exchange, attempt.endpoint);
    const step = this.#retries.after(failure, exchange, progress);
    if (step.again === 'no' || !this.#retries.isBudgeted) return step;
    return this.#budget.canAfford(this.#clock.now()) ? step : STOP;
  }

  #progress(exchange: Exchange, endpoint: Endpoint): Progress {
    const { attempts, attemptsHere, tried } = exchange.life;
    const endpointsTried = tried.includes(endpoint) ? tried.length : tried.length + 1;
    return { attempts, attemptsHere, endpointsTried, endpoints: this.#pool.members.length };
  }

  #pay(): boolean {
    return !this.#retries.isBudgeted || this.#budget.withdraw(this.#clock.now());
  }

  #finish(exchange: Exchange, kind: Result['kind']): void {
    const { life } = exchange;
    const { attempts, lastFailure } = life;
    life.reset();
    const failure = kind === 'ok' ? undefined : lastFailure;
    exchange.finished({ kind, attempts, failure });
  }

  #enqueue(exchange: Exchange): void {
    if (this.#line.length >= this.#queueLength) {
      this.#finish(exchange, 'queue-full');
      return;
    }
    exchange.life.state = 'queued';
    exchange.life.queuedAtMs = this.#clock.now();
    this.#line.push(exchange);
    if (exchange.life.tried.length === 0) this.#unchoosy += 1;
    if (this.#lineTimer === 0) this.#armLine();
  }

  #leaveLine(exchange: Exchange): void {
    this.#line.remove(exchange);
    if (exchange.life.tried.length === 0) this.#unchoosy -= 1;
    if (this.#line.length === 0) {
      this.#clock.cancel(this.#lineTimer);
      this.#lineTimer = 0;
    }
  }

  /** One timer, for the one who has waited longest. */
  #armLine(): void {
    const { head } = this.#line;
    this.#lineTimer = 0;
    if (head === undefined) return;
    const dueMs = head.life.queuedAtMs + this.#queueTimeoutMs;
    this.#lineTimer = this.#clock.after(Math.max(0, dueMs - this.#clock.now()), () => {
      this.#expireLine();
    });
  }

  #expireLine(): void {
    const nowMs = this.#clock.now();
    this.#lineTimer = 0;
    for (let head = this.#line.head; head !== undefined; head = this.#line.head) {
      if (head.life.queuedAtMs + this.#queueTimeoutMs > nowMs) break;
      this.#leaveLine(head);
      this.#finish(head, 'queue-timeout');
    }
    if (this.#lineTimer === 0) this.#armLine();
  }

  /**
   * Gives free places to those who wait, in order. Only a retry may be passed over: when the one free
   * endpoint is the one that has failed it. Not re-entered: whatever happens from inside `send`, the
   * outer loop looks from the front again.
   */
  #serveLine(): void {
    if (this.#isServingLine) return;
    this.#isServingLine = true;
    try {
      this.#serveAll();
    } finally {
      this.#isServingLine = false;
    }
  }

  #serveAll(): void {
    let exchange = this.#line.head;
    while (exchange !== undefined) {
      const { behind, tried } = exchange.life;
      const next = this.#pool.start(exchange, tried);
      if (next === 'full') {
        if (tried.length === 0) return;
        exchange = behind;
        continue;
      }
      this.#leaveLine(exchange);
      this.#proceed(exchange, next);
      // What was sent may have ended, and changed the line, already: look from the front again.
      exchange = this.#line.head;
    }
  }
}
