/** The pool's attempt: remembers which strategy picked it, and hands its end to the pool once. */

import type { Attempt } from '../attempt.ts';
import type { NoAttempt } from '../pool.ts';
import type { Outcome, Strategy } from '../strategy.ts';
import type { PoolMember } from './member.ts';
import { firstByte, type OnPolicyError } from './policy-calls.ts';

/** Where an attempt reports. */
export interface AttemptOwner<Request> {
  now(): number;
  attemptEnded(attempt: RunningAttempt<Request>, outcome: Outcome): void;
  readonly onPolicyError: OnPolicyError;
}

/** What became of a wish for an attempt. */
export type Started<Request> = RunningAttempt<Request> | NoAttempt;

/**
 * The implementation of `Attempt`. `Request` is the record of the request it was made for: the pool
 * carries that along for its balancer and knows nothing of it.
 */
export class RunningAttempt<Request> implements Attempt {
  readonly endpoint: PoolMember;
  readonly startedMs: number;
  readonly afterEvent: number;
  /** The strategy that was told of its start, and so is told of its end. */
  readonly strategy: Strategy;
  /** Set by the balancer that drives the request; undefined for a pool used alone. */
  request: Request | undefined = undefined;
  isCommitted = false;
  /** Set by the balancer where it has to know; called once. */
  beforeCommit: ((attempt: this) => void) | undefined = undefined;
  isSettled = false;
  readonly #owner: AttemptOwner<Request>;
  #sawFirstByte = false;

  constructor(
    endpoint: PoolMember,
    startedMs: number,
    afterEvent: number,
    strategy: Strategy,
    owner: AttemptOwner<Request>,
  ) {
    this.endpoint = endpoint;
    this.startedMs = startedMs;
    this.afterEvent = afterEvent;
    this.strategy = strategy;
    this.#owner = owner;
  }

  firstByte(): void {
    if (this.#sawFirstByte || this.isSettled) return;
    this.#sawFirstByte = true;
    if (this.strategy.firstByte === undefined) return;
    const afterMs = this.#owner.now() - this.startedMs;
    firstByte(this.strategy, this.endpoint, afterMs, this.#owner.onPolicyError);
  }

  commit(): void {
    if (this.beforeCommit !== undefined) {
      const { beforeCommit } = this;
      this.beforeCommit = undefined;
      beforeCommit(this);
    }
    this.isCommitted = true;
  }

  /** Whether the endpoint answered, if only in part or not well: then the request may be to blame. */
  wasAnswered(outcome: Outcome): boolean {
    if (outcome.kind !== 'failed') return true;
    return this.isCommitted || outcome.cause === 'status' || outcome.cause === 'protocol';
  }

  settle(outcome: Outcome): void {
    if (this.isSettled) throw new Error(`attempt at ${this.endpoint.id} was settled twice`);
    this.isSettled = true;
    this.#owner.attemptEnded(this, outcome);
  }
}
