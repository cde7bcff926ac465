/** The pool's attempt: remembers which strategy picked it, and hands its end to the pool once. */

import type { Attempt } from '../attempt.ts';
import type { Outcome, Strategy } from '../strategy.ts';
import type { PoolMember } from './member.ts';
import { firstByte, type OnPolicyError } from './policy-calls.ts';

/** Where an attempt reports. */
export interface AttemptOwner<Request> {
  now(): number;
  attemptEnded(attempt: RunningAttempt<Request>, outcome: Outcome): void;
  readonly onPolicyError: OnPolicyError;
}

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
