/** One row of the matrix: a scenario's arms, each p99 as a multiple of the best. */

import { isMostlyAnswered } from '../figures.ts';
import type { Arm, Section } from './arms.ts';
import { runStatus } from './verdicts.ts';

/** One cell's figures, apart from how they are drawn. */
export interface MatrixCell {
  readonly arm: Arm;
  /** p99 over the smallest p99 of the scenario's arms that answered; null where it has none. */
  readonly times: number | null;
  readonly failed: boolean;
  readonly greyed: boolean;
}

/** The cells of one scenario. The best is chosen among the arms that answered nearly everything, if any did. */
export function matrixRow({ arms }: Pick<Section, 'arms'>): MatrixCell[] {
  const shown = arms.filter((arm) => !arm.repeat);
  const sound = shown.filter((arm) => isMostlyAnswered(arm.requests));
  const candidates = sound.length > 0 ? sound : shown;
  const known = candidates.map((arm) => arm.latency.p99).filter((p99) => p99 !== null);
  const best = Math.min(...known);
  return shown.map((arm) => ({
    arm,
    times: arm.latency.p99 === null || known.length === 0 ? null : arm.latency.p99 / best,
    failed: arm.runs.some((run) => runStatus(run) === 'fail'),
    greyed: !isMostlyAnswered(arm.requests),
  }));
}

/** `1.00`, `2.5`, `14`: times the best. */
export function timesText(times: number): string {
  return times.toFixed(times < 1.995 ? 2 : times < 9.95 ? 1 : 0);
}
