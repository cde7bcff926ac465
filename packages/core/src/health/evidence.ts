/**
 * What an endpoint has been ejected for, and which checks refute it: evidence of the same kind.
 *
 * The kernel accepts connections for a program that is frozen. A check that only connects therefore
 * proves that something listens, which answers failed connections and nothing else; a check that
 * was answered proves more, but one lucky answer proves little.
 */

import type { FailureCause } from '../strategy.ts';
import type { ProbeResult } from './health-policy.ts';

/** A check that has ended, as the pool is told of it. */
export interface Check extends ProbeResult {
  /** `Clock.now()` when it began. */
  readonly startedMs: number;
  /** Answered checks in a row that refute any failure; ≥ 1. */
  readonly rise: number;
}

/** Did the program itself answer this check, as expected or not? */
export function isAnswered({ ok, evidence, answered }: ProbeResult): boolean {
  return ok ? evidence !== 'connection' : answered === true;
}

/** Answered checks in a row that are enough, where a policy does not say. */
export const RISE = 2;

/** By severity: the worst failure counts. */
const NONE = 0;
/** No connection could be made. */
const CONNECTION = 1;
/** Cut short: a program that resets, or one that has died. A refused connection tells which. */
const RESET = 2;
/** A wrong answer, or none in time. */
const ANSWER = 3;

/** What speaks against one endpoint: its failures since the last success. */
export class Charges {
  #worst = NONE;
  /** Checks passed in a row since the ejection. */
  #passes = 0;
  #ejectedMs = Number.NEGATIVE_INFINITY;

  /** An attempt failed. */
  failed(cause: FailureCause): void {
    if (cause === 'refused') this.#refused();
    if (cause === 'refused' || cause === 'connect-timeout') this.#add(CONNECTION);
    else this.#add(cause === 'reset' ? RESET : ANSWER);
  }

  /** The ejection begins: checks count from here on. */
  ejected(nowMs: number): void {
    this.#passes = 0;
    this.#ejectedMs = nowMs;
  }

  /** Nothing speaks against it any more. */
  clear(): void {
    this.#worst = NONE;
  }

  /** @returns true if this check, with those before it, refutes what the endpoint was ejected for */
  isRefutedBy({ ok, refused, evidence, startedMs, rise }: Check): boolean {
    // It found the endpoint as it was before the ejection.
    if (startedMs < this.#ejectedMs) return false;
    if (!ok) {
      this.#passes = 0;
      if (refused === true) this.#refused();
      return false;
    }
    this.#passes += 1;
    if (this.#worst === CONNECTION) return true;
    return evidence !== 'connection' && this.#passes >= rise;
  }

  #add(failure: number): void {
    if (failure > this.#worst) this.#worst = failure;
  }

  /** Nothing listens: what was reset before, the end of a process has cut. */
  #refused(): void {
    if (this.#worst === RESET) this.#worst = CONNECTION;
  }
}
