/** What the generator's figures of several runs come to in a table: the worst of each, in words. */

import type { GeneratorFigures, GeneratorProcess, Run } from '../results.ts';
import { duration, percent, rate } from './format.ts';

/** Heads of the columns that `honestyCells` fills. */
export const HONESTY_HEADS = ['rate kept', 'lateness p99', 'loop lag p99', 'CPU'] as const;

/** The worst of each figure, in the order of the heads. */
export function honestyCells(all: readonly GeneratorFigures[]): readonly string[] {
  const most = (of: (one: GeneratorFigures) => number | null): number | null => {
    const known = all.map(of).filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  const kept = all.flatMap(({ achievedRate, plannedRate }) =>
    plannedRate === null || plannedRate === 0 ? [] : achievedRate / plannedRate,
  );
  const planned = all.find(({ plannedRate }) => plannedRate !== null)?.plannedRate ?? null;
  return [
    kept.length === 0
      ? rate(most(({ achievedRate }) => achievedRate))
      : `${percent(Math.min(1, ...kept))} of ${rate(planned)}`,
    duration(most(({ latenessP99Ms }) => latenessP99Ms)),
    duration(most(({ loopLagP99Ms }) => loopLagP99Ms)),
    percent(
      most(({ cpu }) => cpu),
      0,
    ),
  ];
}

/** What each process of the generator did in all runs, in their order; empty where there was only one. */
export function generatorProcesses(runs: readonly Run[]): readonly (readonly GeneratorProcess[])[] {
  const all: GeneratorProcess[][] = [];
  for (const { generator } of runs) {
    for (const [i, one] of (generator?.processes ?? []).entries()) {
      all[i] ??= [];
      all[i].push(one);
    }
  }
  return all;
}
