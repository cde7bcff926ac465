/** What is asked of the mutants: nearly all are caught, and of each that is not it is known why. */

import type { SolutionScore } from './run.ts';
import { arguedSurvivors } from './survivors.ts';

/** Exercises whose solutions are mutated: 05 and 11 are judged by measurements, 12 is a program. */
export const MUTATED: readonly string[] = ['01', '02', '03', '04', '06', '07', '08', '09', '10'];

/** Share of a solution's mutants that must be caught, those left out that do the same as the original. */
export const CAUGHT_SHARE_MIN = 0.95;

/** All that is wrong, one line each. */
export function wrongWith(scores: readonly SolutionScore[]): string[] {
  const argued = arguedSurvivors();
  return scores.flatMap(({ file, mutants, survivors }) => {
    const unknown = survivors.filter(
      ({ from, to }) =>
        !argued.some((one) => one.file === file && one.from === from && one.to === to),
    );
    const equivalent = survivors.length - unknown.length;
    const share = 1 - unknown.length / (mutants - equivalent);
    return [
      ...unknown.map(
        ({ line, from, to }) =>
          `${file}:${line}: ${from} → ${to} survives, and survivors.yaml does not say why`,
      ),
      ...(share < CAUGHT_SHARE_MIN
        ? [`${file}: only ${(100 * share).toFixed(1)} % are caught`]
        : []),
    ];
  });
}
