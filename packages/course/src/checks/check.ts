/** What a check is: one law, asked of a submission. */

import type { Remote } from '../sandbox/remote.ts';

/** Values that differ from student to student, by name. */
export type Numbers = Readonly<Record<string, number>>;

/** What a check has to work with. */
export interface CheckContext {
  /** The seed of this check: the same one gives the same result. */
  readonly seed: number;
  /** Leads a replay straight to the counter-example. */
  readonly path?: string | undefined;
  /** The submission's objects. */
  readonly remote: Remote;
  /** The student's own numbers. */
  readonly numbers: Numbers;
  /** Other files that the exercise asks for, by name; absent ones are left out. */
  readonly files: Readonly<Record<string, string>>;
}

/** What a check that can be partly fulfilled comes to. */
export interface Partly {
  /** Share of the points, 0 to 1. */
  readonly share: number;
  readonly message: string;
}

/** One check. */
export interface Check {
  /** Short, stable, used in rubrics and on the command line. */
  readonly id: string;
  /** The law, one sentence. */
  readonly law: string;
  /**
   * Returns if the law holds.
   * @throws {CheckFailed} with a counter-example
   * @throws {SubjectError} if the submission threw or did not answer
   */
  run(context: CheckContext): Partly | undefined;
}

/** What an exercise's checks.ts exports as default. */
export interface ExerciseChecks {
  readonly checks: readonly Check[];
  /** Other files that a submission consists of. */
  readonly files?: readonly string[];
  /** The numbers that every student has where nothing else is said, by name. */
  readonly numbers?: Numbers;
  /** A student's own ones in their place; `below(n)` draws from 0 … n − 1. */
  readonly drawNumbers?: (below: (n: number) => number) => Numbers;
  /** What the numbers mean, one line each, for `learn`. */
  readonly explainNumbers?: (numbers: Numbers) => readonly string[];
}

/** Helps the editor; returns what it is given. */
export function defineExercise(checks: ExerciseChecks): ExerciseChecks {
  return checks;
}
