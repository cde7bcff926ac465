/** What grading comes to: the form that `pnpm grade --json` writes. */

import type { Step } from '@evenkeel/core/testing';

export const GRADE_SCHEMA = 'evenkeel.grade/1';

export type Status = 'pass' | 'fail' | 'error' | 'timeout';

/** One check's outcome. */
export interface TestResult {
  readonly name: string;
  /** The law, one sentence. */
  readonly about: string;
  readonly status: Status;
  readonly score: number;
  readonly maxScore: number;
  /** Empty if all is well. */
  readonly message: string;
  readonly expected?: string;
  /** The counter-example, line by line. */
  readonly trace?: readonly string[];
  /** The command that shows the same again. */
  readonly replay?: string;
  /** The counter-example as a film; not part of a grade, because `replay` makes it again. */
  readonly steps?: readonly Step[];
  /** The command that shows the film. */
  readonly watch?: string;
}

/** One exercise's outcome. */
export interface ExerciseResult {
  readonly id: string;
  readonly score: number;
  readonly maxScore: number;
  readonly status: Status;
  readonly tests: readonly TestResult[];
}

/** One submission's outcome. */
export interface Grade {
  readonly schema: typeof GRADE_SCHEMA;
  readonly student: string;
  /** The course seed. */
  readonly seed: string;
  /** The version of the kit that graded. */
  readonly kit: string;
  /** The limits that were in force. */
  readonly limits: readonly string[];
  readonly exercises: readonly ExerciseResult[];
}

/** From the tests to the whole: a pass needs `passAt` points, by default all. */
export function summed(id: string, tests: readonly TestResult[], passAt?: number): ExerciseResult {
  const score = rounded(tests.reduce((sum, test) => sum + test.score, 0));
  const maxScore = rounded(tests.reduce((sum, test) => sum + test.maxScore, 0));
  const worst = (['error', 'timeout', 'fail'] as const).find((status) =>
    tests.some((test) => test.status === status),
  );
  const isEnough = worst === 'fail' && score >= (passAt ?? maxScore);
  return { id, score, maxScore, status: isEnough ? 'pass' : (worst ?? 'pass'), tests };
}

/** Points have at most two decimals. */
export function rounded(points: number): number {
  return Math.round(points * 100) / 100;
}
