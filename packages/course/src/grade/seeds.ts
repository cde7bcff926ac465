/** Seeds and numbers, from the course's seed, the student's id and the exercise. */

import { hash32, seededRandom } from '@evenkeel/core';
import type { ExerciseChecks, Numbers } from '../checks/check.ts';

/** Where no other is given, so that students and graders see the same by default. */
export const COURSE_SEED = 'evenkeel';

/** Whose work, in which course. */
export interface Who {
  readonly courseSeed: string;
  /** Empty: no particular student; the standard numbers are used. */
  readonly student: string;
}

export function checkSeed({ courseSeed, student }: Who, exercise: string, check: string): number {
  // fast-check takes signed 32-bit seeds, core unsigned ones: 31 bits are both.
  return hash32(`${courseSeed}/${student}/${exercise}/${check}`) >>> 1;
}

/** A student's numbers for an exercise. */
export function numbersFor(
  checks: ExerciseChecks,
  exercise: string,
  { courseSeed, student }: Who,
): Numbers {
  const standard = checks.numbers ?? {};
  if (student === '' || checks.drawNumbers === undefined) return standard;
  const random = seededRandom(hash32(`${courseSeed}/${student}/${exercise}/numbers`));
  return { ...standard, ...checks.drawNumbers((n) => random.below(n)) };
}
