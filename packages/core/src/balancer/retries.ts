/**
 * The retry policy and the budget as the balancer asks them. Both may come from outside: an error
 * in one ends the request that it was asked about, and nothing else.
 */

import type { Exchange } from '../exchange.ts';
import type { EndpointPool } from '../pool/endpoint-pool.ts';
import type { Clock } from '../ports.ts';
import type { RetryBudget } from '../retry/budget.ts';
import type { Progress, RetryPolicy, RetryStep } from '../retry/policy.ts';
import type { Endpoint, Failed } from '../strategy.ts';

const STOP: RetryStep = { again: 'no', marksDown: false };

/** Decides what follows the failures of one balancer's requests. */
export class Retries {
  policy: RetryPolicy;
  budget: RetryBudget;
  readonly #pool: EndpointPool<Exchange>;
  readonly #clock: Clock;

  constructor(
    policy: RetryPolicy,
    budget: RetryBudget,
    pool: EndpointPool<Exchange>,
    clock: Clock,
  ) {
    this.policy = policy;
    this.budget = budget;
    this.#pool = pool;
    this.#clock = clock;
  }

  /** A first attempt is made. @returns false if the budget failed */
  deposit(exchange: Exchange, startedMs: number): boolean {
    try {
      this.budget.deposit(startedMs);
      return true;
    } catch (error) {
      this.#policyFailed(exchange, 'retry budget, deposit', error);
      return false;
    }
  }

  /** What follows this failure; takes nothing from the budget. */
  after(failure: Failed, exchange: Exchange): RetryStep {
    const { attempt, hasPolicyError } = exchange.dispatchState;
    if (attempt === undefined || attempt.isCommitted || hasPolicyError) return STOP;
    const sent = exchange.dispatchState.sent + (failure.requestSent ? 1 : 0);
    const progress = this.#progress(exchange, attempt.endpoint, sent);
    try {
      const step = this.policy.after(failure, exchange, progress);
      if (step.again === 'no' || !this.policy.isBudgeted) return step;
      return this.budget.canAfford(this.#clock.now()) ? step : STOP;
    } catch (error) {
      this.#policyFailed(exchange, 'retry policy, after', error);
      return STOP;
    }
  }

  /** @returns the wait before the retry; undefined if it cannot be paid for, or a policy failed */
  pay(exchange: Exchange, failed: Endpoint): number | undefined {
    try {
      if (this.policy.isBudgeted && !this.budget.withdraw(this.#clock.now())) return undefined;
      const delayMs = this.policy.delayMs(
        this.#progress(exchange, failed, exchange.dispatchState.sent),
      );
      if (delayMs >= 0 && Number.isFinite(delayMs)) return delayMs;
      throw new RangeError(`must return a number ≥ 0, got ${String(delayMs)}`);
    } catch (error) {
      this.#policyFailed(exchange, 'retry policy, delayMs', error);
      return undefined;
    }
  }

  /** May a second try be made beside the first? Takes nothing from the budget. */
  canHedge(): boolean {
    return this.#ofBudget('canAfford');
  }

  /** Takes a second try from the budget. @returns false if it cannot be paid for */
  payHedge(): boolean {
    return this.#ofBudget('withdraw');
  }

  #ofBudget(name: 'canAfford' | 'withdraw'): boolean {
    try {
      return this.budget[name](this.#clock.now());
    } catch (error) {
      this.#pool.onPolicyError(`retry budget, ${name}`, error);
      return false;
    }
  }

  #progress(exchange: Exchange, endpoint: Endpoint, sent: number): Progress {
    const { attempts, attemptsHere, tried } = exchange.dispatchState;
    const endpointsTried = tried.includes(endpoint) ? tried.length : tried.length + 1;
    const endpoints = this.#pool.members.length;
    return { attempts, attemptsHere, endpointsTried, sent, endpoints };
  }

  #policyFailed(exchange: Exchange, where: string, error: unknown): void {
    exchange.dispatchState.hasPolicyError = true;
    this.#pool.onPolicyError(where, error);
  }
}
