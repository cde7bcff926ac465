/**
 * Calls of strategies, detectors and panic rules, which may come from outside: an error in one is reported and
 * ends here, so that the pool's bookkeeping stays exact.
 */

import type { OutlierDetector } from '../health/outlier.ts';
import type { PanicRule } from '../health/panic.ts';
import type { Endpoint, Outcome, Strategy } from '../strategy.ts';

/** Hears of an error in a strategy or policy, and which of its functions failed. */
export type OnPolicyError = (where: string, error: unknown) => void;

/** Membership or weights changed. */
export function prepare(
  strategy: Strategy,
  members: readonly Endpoint[],
  onError: OnPolicyError,
): void {
  try {
    strategy.prepare?.(members);
  } catch (error) {
    onError('strategy, prepare', error);
  }
}

/** An attempt starts. @returns false if the strategy failed: the attempt must not begin */
export function started(strategy: Strategy, endpoint: Endpoint, onError: OnPolicyError): boolean {
  try {
    strategy.started?.(endpoint);
    return true;
  } catch (error) {
    onError('strategy, started', error);
    return false;
  }
}

/** The head of an answer arrived. */
export function firstByte(
  strategy: Strategy,
  endpoint: Endpoint,
  afterMs: number,
  onError: OnPolicyError,
): void {
  try {
    strategy.firstByte?.(endpoint, afterMs);
  } catch (error) {
    onError('strategy, firstByte', error);
  }
}

/** An attempt ended. */
export function settled(
  strategy: Strategy,
  endpoint: Endpoint,
  outcome: Outcome,
  onError: OnPolicyError,
): void {
  try {
    strategy.settled?.(endpoint, outcome);
  } catch (error) {
    onError('strategy, settled', error);
  }
}

/** Gives a detector an outcome. @returns why the endpoint should be ejected, if it should */
export function detect(
  detector: OutlierDetector,
  slot: number,
  failed: boolean,
  nowMs: number,
  answered: number | undefined,
  onError: OnPolicyError,
): string | undefined {
  try {
    return detector.record(slot, failed, nowMs, answered);
  } catch (error) {
    onError('outlier detector, record', error);
    return undefined;
  }
}

/** A slot has a new owner, or its endpoint was found healthy. */
export function forget(
  detector: OutlierDetector | undefined,
  slot: number,
  onError: OnPolicyError,
): void {
  try {
    detector?.forget(slot);
  } catch (error) {
    onError('outlier detector, forget', error);
  }
}

/** Are too few endpoints healthy? A rule that fails sees no panic. */
export function inPanic(
  rule: PanicRule,
  ready: number,
  total: number,
  onError: OnPolicyError,
): boolean {
  try {
    return rule.inPanic(ready, total) === true;
  } catch (error) {
    onError('panic rule, inPanic', error);
    return false;
  }
}
