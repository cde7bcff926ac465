/**
 * Hedged requests: the second try that runs beside the first, and which of the two the request goes
 * on with.
 *
 *   first is sent → (delay) → second is sent → one commits or succeeds: the other is cancelled
 *                                            → one fails: the request goes on with the other
 *
 * A request has at most one second try, which is paid for like a retry. It goes to another endpoint
 * that may be chosen now, or is not made at all.
 */

import type { Exchange, Hedge } from '../exchange.ts';
import type { EndpointPool } from '../pool/endpoint-pool.ts';
import type { RunningAttempt } from '../pool/running-attempt.ts';
import type { Clock } from '../ports.ts';
import type { HedgePolicy } from '../retry/hedge.ts';
import type { Failed, Outcome } from '../strategy.ts';
import type { Retries } from './retries.ts';

/** What hedging works with. */
export interface HedgingContext {
  readonly pool: EndpointPool<Exchange>;
  readonly clock: Clock;
  readonly retries: Retries;
}

/** Hedges the requests of one balancer. */
export class Hedging {
  policy: HedgePolicy | undefined;
  readonly #context: HedgingContext;
  /** An attempt commits: the request goes on with it alone. */
  readonly #committed = (attempt: RunningAttempt<Exchange>): void => {
    const { request: exchange } = attempt;
    const hedge = exchange?.dispatchState.hedge;
    if (exchange !== undefined && hedge !== undefined) this.#decide(exchange, hedge, attempt);
  };

  constructor(policy: HedgePolicy | undefined, context: HedgingContext) {
    this.policy = policy;
    this.#context = context;
  }

  get isOn(): boolean {
    return this.policy !== undefined;
  }

  /** The first try of a request is about to be sent. */
  begin(exchange: Exchange, first: RunningAttempt<Exchange>): void {
    if (this.policy === undefined || !exchange.idempotent) return;
    // A session stays where it is.
    if (exchange.mayHedge === undefined || exchange.affinity !== undefined) return;
    const hedge: Hedge = { first, second: undefined, timer: 0 };
    exchange.dispatchState.hedge = hedge;
    first.beforeCommit = this.#committed;
    const delayMs = this.#delayMs(this.policy);
    if (delayMs !== undefined) this.#sendSecondAfter(delayMs, exchange, hedge);
  }

  /**
   * An attempt has ended, and its request with it unless another one runs.
   * @returns true if the request goes on with the other one
   */
  ended(
    exchange: Exchange,
    hedge: Hedge,
    attempt: RunningAttempt<Exchange>,
    outcome: Outcome,
  ): boolean {
    const { dispatchState: state } = exchange;
    if (outcome.kind === 'ok') {
      this.#decide(exchange, hedge, attempt);
      return false;
    }
    this.#stop(hedge);
    const isFirst = attempt === hedge.first;
    if (isFirst) state.hedge = undefined;
    const other = isFirst ? hedge.second : hedge.first;
    if (hedge.second === undefined || other === undefined) return false;
    hedge.second = undefined;
    state.attempt = other;
    if (outcome.kind === 'failed') {
      state.lastFailure = outcome;
      if (outcome.requestSent) state.sent += 1;
    }
    if (!state.tried.includes(attempt.endpoint)) state.tried = [...state.tried, attempt.endpoint];
    return true;
  }

  /** Whether another try of this request runs, so that this failure of one would not be its end. */
  goesOn({ dispatchState: { hedge } }: Exchange, { cause, status = 0 }: Failed): boolean {
    if (hedge?.second === undefined) return false;
    return cause !== 'status' || this.#context.pool.isFailureStatus(status);
  }

  /** The request ends: what runs beside `DispatchState.attempt` is cancelled. */
  cancel(exchange: Exchange, hedge: Hedge): void {
    const { dispatchState: state } = exchange;
    const { attempt } = state;
    state.hedge = undefined;
    this.#stop(hedge);
    const other = attempt === hedge.first ? hedge.second : hedge.first;
    if (other !== undefined) this.#drop(exchange, other);
  }

  #sendSecondAfter(delayMs: number, exchange: Exchange, hedge: Hedge): void {
    const { clock } = this.#context;
    hedge.timer = clock.after(delayMs, () => {
      hedge.timer = 0;
      if (exchange.mayHedge === true) this.#sendSecond(exchange, hedge);
      // Not yet: it is looked at again when twice the time has passed.
      else this.#sendSecondAfter(Math.max(1, clock.now() - hedge.first.startedMs), exchange, hedge);
    });
  }

  #sendSecond(exchange: Exchange, hedge: Hedge): void {
    const { pool, retries } = this.#context;
    const { dispatchState: state } = exchange;
    if (this.policy === undefined || !retries.canHedge()) return;
    const second = pool.start(exchange, [hedge.first.endpoint], false);
    if (typeof second === 'string') return;
    if (!retries.payHedge()) {
      second.settle({ kind: 'cancelled', latencyMs: 0 });
      return;
    }
    hedge.second = second;
    second.request = exchange;
    second.beforeCommit = this.#committed;
    state.attempts += 1;
    exchange.send(second);
  }

  /** The request goes on with one of the two. */
  #decide(exchange: Exchange, hedge: Hedge, winner: RunningAttempt<Exchange>): void {
    const { dispatchState: state } = exchange;
    const { first, second } = hedge;
    this.#stop(hedge);
    state.hedge = undefined;
    state.attempt = winner;
    // The second one wins: the first has waited for so long at least, longer than the delay.
    this.#observe(this.#context.clock.now() - first.startedMs);
    const loser = winner === first ? second : first;
    if (loser !== undefined) this.#drop(exchange, loser);
  }

  /** Cancels an attempt; its end is not taken for the request's. */
  #drop(exchange: Exchange, attempt: RunningAttempt<Exchange>): void {
    attempt.request = undefined;
    if (attempt.isSettled) return;
    exchange.abort(attempt);
    const latencyMs = this.#context.clock.now() - attempt.startedMs;
    attempt.settle({ kind: 'cancelled', latencyMs });
  }

  #stop(hedge: Hedge): void {
    if (hedge.timer !== 0) this.#context.clock.cancel(hedge.timer);
    hedge.timer = 0;
  }

  #observe(latencyMs: number): void {
    try {
      this.policy?.observe(latencyMs, this.#context.clock.now());
    } catch (error) {
      this.#context.pool.onPolicyError('hedge policy, observe', error);
    }
  }

  #delayMs(policy: HedgePolicy): number | undefined {
    const { clock, pool } = this.#context;
    try {
      const delayMs = policy.delayMs(clock.now());
      if (delayMs === undefined || (delayMs >= 0 && Number.isFinite(delayMs))) return delayMs;
      throw new RangeError(`must return a number ≥ 0 or undefined, got ${String(delayMs)}`);
    } catch (error) {
      pool.onPolicyError('hedge policy, delayMs', error);
      return undefined;
    }
  }
}
