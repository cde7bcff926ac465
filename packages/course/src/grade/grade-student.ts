/** All exercises of one student. */

import type { Exercise } from '../exercise/exercises.ts';
import { limitsInForce } from '../sandbox/limits.ts';
import { gradeFile } from './grade-file.ts';
import { type ExerciseResult, GRADE_SCHEMA, type Grade } from './result.ts';
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
    results.push({ ...result, tests: result.tests.map(({ steps, ...test }) => test) });
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
