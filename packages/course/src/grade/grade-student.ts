/** All exercises of one student. */

import type { Exercise } from '../exercise/exercises.ts';
import { limitsInForce } from '../sandbox/limits.ts';
import { gradeFile } from './grade-file.ts';
import { type ExerciseResult, GRADE_SCHEMA, type Grade, type TestResult } from './result.ts';
import { findExerciseFile } from './submission-folder.ts';

/** What to grade. */
export interface StudentWork {
  readonly student: string;
  readonly folder: string;
  readonly exercises: readonly Exercise[];
  readonly exercisesFolder: string;
  readonly courseSeed: string;
  readonly kit: string;
  /** Run programs too, outside the sandbox. */
  readonly programs: boolean;
}

/** As a grade holds it: without the film, which the replay makes again, and without the seed of what is hidden. */
function published({ steps, replay, ...test }: TestResult, { rubric }: Exercise): TestResult {
  return replay === undefined || rubric.hidden ? test : { ...test, replay };
}

/** One exercise after another, so that a student's processes do not disturb each other. */
export async function gradeStudent(work: StudentWork): Promise<Grade> {
  const { student, folder, exercises, exercisesFolder, courseSeed, kit } = work;
  const results: ExerciseResult[] = [];
  for (const exercise of exercises) {
    const file = findExerciseFile(folder, exercise, exercises.length === 1);
    const result = await gradeFile({
      exercise,
      exercisesFolder,
      file,
      case: { who: { courseSeed, student } },
      programs: work.programs ? { runs: 3, stopsEarly: false } : undefined,
    });
    results.push({ ...result, tests: result.tests.map((test) => published(test, exercise)) });
  }
  return {
    schema: GRADE_SCHEMA,
    student,
    seed: courseSeed,
    kit,
    limits: limitsInForce(),
    exercises: results,
  };
}
