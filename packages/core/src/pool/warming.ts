/**
 * Members in slow start. Factors are brought up to date by the requests that need them, at most
 * every 50 ms: an idle pool has no timer to run.
 */

import type { SlowStart } from '../health/slow-start.ts';
import type { Clock } from '../ports.ts';
import type { PoolMember } from './member.ts';
import type { OnPolicyError } from './policy-calls.ts';

const REFRESH_MS = 50;

/** Keeps the warming members of one pool. */
export class Warming {
  /** Any member warms up now. */
  isActive = false;
  readonly #clock: Clock;
  #slowStart: SlowStart | undefined;
  readonly #onPolicyError: OnPolicyError;
  readonly #members = new Set<PoolMember>();
  #refreshedMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, slowStart: SlowStart | undefined, onPolicyError: OnPolicyError) {
    this.#onPolicyError = onPolicyError;
    this.#clock = clock;
    this.#slowStart = slowStart;
  }

  /** A member became ready; it warms if it was away for cause, or is new. */
  becameReady(member: PoolMember): void {
    if (!member.warmsNext) return;
    member.warmsNext = false;
    if (this.#slowStart === undefined) return;
    member.warmingSinceMs = this.#clock.now();
    this.#members.add(member);
    this.isActive = true;
    this.#apply(member, member.warmingSinceMs);
  }

  stop(member: PoolMember): void {
    this.#members.delete(member);
    this.isActive = this.#members.size > 0;
    member.factor = 1;
    member.effectiveWeight = member.weight;
  }

  /** Members that warm up now go on by the other value; without one they get their full share. */
  setSlowStart(slowStart: SlowStart | undefined): void {
    this.#slowStart = slowStart;
    const nowMs = this.#clock.now();
    for (const member of this.#members) this.#apply(member, nowMs);
  }

  refresh(): void {
    if (!this.isActive) return;
    const nowMs = this.#clock.now();
    if (nowMs - this.#refreshedMs < REFRESH_MS) return;
    this.#refreshedMs = nowMs;
    for (const member of this.#members) this.#apply(member, nowMs);
  }

  #apply(member: PoolMember, nowMs: number): void {
    const sinceMs = nowMs - member.warmingSinceMs;
    const slowStart = this.#slowStart;
    if (slowStart === undefined || sinceMs >= slowStart.windowMs) {
      this.stop(member);
      return;
    }
    member.factor = this.#factor(slowStart, sinceMs);
    member.effectiveWeight = member.weight * member.factor;
  }

  /** An endpoint whose factor is unknown gets its full share. */
  #factor(slowStart: SlowStart, sinceMs: number): number {
    try {
      const factor = slowStart.factor(sinceMs);
      if (factor > 0 && factor <= 1) return factor;
      throw new RangeError(`must return a factor in (0, 1], got ${String(factor)}`);
    } catch (error) {
      this.#onPolicyError('slow start, factor', error);
      return 1;
    }
  }
}
