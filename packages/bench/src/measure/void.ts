/**
 * When a run is void: the generator did not send as planned, so that its figures are about the generator.
 * The rules look at the generator only, never at the result.
 */

import {
  accountedFor,
  type Generator,
  type GeneratorFigures,
  type RequestCounts,
} from '@evenkeel/report';
import { namedFigures } from './honesty.ts';

const ACHIEVED_MIN = 0.99;
const LATENESS_MIN_MS = 2;
const LATENESS_SHARE_OF_MEDIAN = 0.05;
const LOOP_LAG_MAX_MS = 10;
const CPU_MAX = 0.8;

/** The first reason why a run is void, or null. `medianMs`: of the ok latencies, null of none. */
export function voidReason(
  generator: Generator,
  requests: RequestCounts,
  medianMs: number | null,
): string | null {
  if (accountedFor(requests) !== requests.sent) {
    return `${requests.sent} requests sent, but ${accountedFor(requests)} accounted for`;
  }
  for (const [name, figures] of namedFigures(generator)) {
    const broken = brokenWord(figures, medianMs);
    if (broken !== null) return name + broken;
  }
  return null;
}

/** Whether as much was sent as was planned: a count of less proves less. */
export function sentAsPlanned({ plannedRate, achievedRate }: GeneratorFigures): boolean {
  return plannedRate === null || achievedRate >= ACHIEVED_MIN * plannedRate;
}

/** The end of a sentence that begins with the name of the generator. */
function brokenWord(figures: GeneratorFigures, medianMs: number | null): string | null {
  const { plannedRate, achievedRate, latenessP99Ms, loopLagP99Ms, cpu } = figures;
  if (!sentAsPlanned(figures)) {
    return ` sent ${achievedRate.toFixed(0)}/s of ${plannedRate?.toFixed(0)}/s`;
  }
  const lateMaxMs = Math.max(LATENESS_MIN_MS, LATENESS_SHARE_OF_MEDIAN * (medianMs ?? 0));
  if (latenessP99Ms !== null && latenessP99Ms > lateMaxMs) {
    return ` sent ${latenessP99Ms.toFixed(1)} ms late at p99 (at most ${lateMaxMs.toFixed(1)})`;
  }
  if (loopLagP99Ms > LOOP_LAG_MAX_MS) {
    return `'s loop lagged ${loopLagP99Ms.toFixed(1)} ms at p99 (at most ${LOOP_LAG_MAX_MS})`;
  }
  if (cpu > CPU_MAX) {
    return ` used ${(cpu * 100).toFixed(0)} % of a core (at most ${CPU_MAX * 100})`;
  }
  return null;
}
