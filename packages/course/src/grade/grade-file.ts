/** One exercise of one student, from the file to the marks. */

import type { Exercise } from '../exercise/exercises.ts';
import { loadChecks } from '../exercise/exercises.ts';
import { SubmissionError } from '../sandbox/compiler/compile.ts';
import type { Limits } from '../sandbox/limits.ts';
import { readSubmission } from '../sandbox/submission.ts';
import { gradeExercise } from './grade-exercise.ts';
import { gradeProgram, type ProgramRuns } from './grade-program.ts';
import type { Case } from './judge.ts';
import { type ExerciseResult, type Status, summed } from './result.ts';
import { readOtherFiles } from './submission-folder.ts';

/** What to grade. */
export interface FileWork {
  readonly exercise: Exercise;
  readonly exercisesFolder: string;
  /** Undefined: nothing was handed in. */
  readonly file: string | undefined;
  readonly case: Omit<Case, 'exercise' | 'points'>;
  readonly printed?: (text: string) => void;
  readonly limits?: Limits;
  /** How programs are run, if they may be: the sandbox does not hold them. */
  readonly programs?: ProgramRuns | undefined;
}

const PROGRAMS_OFF = 'not run: a program runs outside the sandbox; --programs allows it';

/** No check could be run: each says why, once in full. */
export function noneRun({ id, rubric }: Exercise, status: Status, message: string): ExerciseResult {
  const tests = Object.entries(rubric.points).map(([name, maxScore], i) => ({
    name,
    about: '',
    status,
    score: 0,
    maxScore,
    message: i === 0 ? message : 'not run',
  }));
  return summed(id, tests);
}

/** The marks of one exercise. What is wrong with the submission is in the result. */
export async function gradeFile(work: FileWork): Promise<ExerciseResult> {
  const { exercise, exercisesFolder, file } = work;
  if (file === undefined) return noneRun(exercise, 'fail', 'not submitted');
  const { files = [] } = await loadChecks(exercise);
  if (exercise.rubric.kind === 'program') {
    if (work.programs === undefined) return noneRun(exercise, 'error', PROGRAMS_OFF);
    return gradeProgram(exercise, file, work.programs);
  }
  try {
    const tests = await gradeExercise({
      exercise,
      exercisesFolder,
      code: await readSubmission(file),
      files: readOtherFiles(file, files),
      case: work.case,
      ...(work.printed && { printed: work.printed }),
      ...(work.limits && { limits: work.limits }),
    });
    return summed(exercise.id, tests, exercise.rubric.passAt);
  } catch (error) {
    if (error instanceof SubmissionError) return noneRun(exercise, 'error', error.message);
    throw error;
  }
}
