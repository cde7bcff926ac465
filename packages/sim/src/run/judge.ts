/** Does a run meet its scenario's objectives? */

import type { Objective, Status } from '@evenkeel/report';
import type { SimulationResult } from '../engine/result.ts';
import type { Scenario } from '../scenario/types.ts';

/** What has been worked out of a run already; null: not known, or never came to it. */
export interface Measured {
  readonly p99Ms: number | null;
  readonly detectMs: number | null;
  readonly recoverMs: number | null;
}

/** One verdict per objective that the scenario states. */
export function judge(
  { objectives }: Pick<Scenario, 'objectives'>,
  { requests, attempts, faults }: Pick<SimulationResult, 'requests' | 'attempts' | 'faults'>,
  { p99Ms, detectMs, recoverMs }: Measured,
): Objective[] {
  const judged: Objective[] = [];
  const add = (
    name: string,
    limit: number | undefined,
    measured: number | null,
    ifNull: Status,
    isMet = (value: number): boolean => value <= (limit ?? Infinity),
  ): void => {
    if (limit === undefined) return;
    const verdict = measured === null ? ifNull : isMet(measured) ? 'pass' : 'fail';
    judged.push({ name, limit, measured, verdict });
  };
  const { sent, ok } = requests;
  const { availability } = objectives;
  const isAvailable = (share: number): boolean => share >= (availability ?? 0);
  add('availability', availability, sent > 0 ? ok / sent : null, 'unknown', isAvailable);
  add('p99Ms', objectives.p99Ms, p99Ms, 'unknown');
  if (faults.length > 0) {
    // Within objectives again is what had to happen: a fault that goes unnoticed to its end is a failure.
    add('detectMs', objectives.detectMs, detectMs, 'fail');
    add('recoverMs', objectives.recoverMs, recoverMs, 'fail');
  }
  add('amplification', objectives.amplification, sent > 0 ? attempts / sent : null, 'unknown');
  return judged;
}
