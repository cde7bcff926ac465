/** What the tests of the exercises share: grading a file, and the fault that a wrong solution names. */

import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  EXERCISES_FOLDER,
  type Exercise,
  exerciseNamed,
  listExercises,
} from '../src/exercise/exercises.ts';
import { gradeFile } from '../src/grade/grade-file.ts';
import { withOwnNumbers } from '../src/grade/own-numbers.ts';
import type { ExerciseResult } from '../src/grade/result.ts';
import { COURSE_SEED } from '../src/grade/seeds.ts';
import { LIMITS, type Limits } from '../src/sandbox/limits.ts';

export const EXERCISES: readonly Exercise[] = listExercises();

export function exercise(number: string): Exercise {
  return exerciseNamed(number, EXERCISES);
}

/** A file of predictions is graded beside a right strategy. */
export function grade(
  of: Exercise,
  file: string,
  more: { student?: string; only?: string; limits?: Limits } = {},
): Promise<ExerciseResult> {
  const { student = '', only, limits = LIMITS } = more;
  const path = extname(file) === '.yaml' ? withPredictions(of, file) : file;
  const who = { courseSeed: COURSE_SEED, student };
  return gradeFile({
    exercise: of,
    exercisesFolder: EXERCISES_FOLDER,
    file: path,
    case: { who, only },
    limits,
  });
}

/** Grades a text as exercise.ts, by one check if that is enough. */
export async function gradeText(
  of: Exercise,
  text: string,
  only?: string,
  shorter: Partial<Limits> = {},
): Promise<ExerciseResult> {
  const file = join(scratch(), 'exercise.ts');
  writeFileSync(file, text);
  // An endless loop need not be waited for twice.
  const limits = { ...LIMITS, callMs: 3_000, deaths: 1, ...shorter };
  return grade(of, file, { limits, ...(only !== undefined && { only }) });
}

/** A solution with the numbers of a student of the standard course. */
export function withNumbers(of: Exercise, text: string, student: string): Promise<string> {
  return withOwnNumbers(of, text, { courseSeed: COURSE_SEED, student });
}

/** A folder that is gone when the test is over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'course-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function withPredictions(of: Exercise, predictions: string): string {
  const folder = scratch();
  const [solution = ''] = filesOf(of, 'solutions').filter((file) => extname(file) === '.ts');
  copyFileSync(solution, join(folder, 'exercise.ts'));
  copyFileSync(predictions, join(folder, 'predictions.yaml'));
  return join(folder, 'exercise.ts');
}

/** Files of an exercise's folder `solutions` or `wrong`. */
export function filesOf({ folder }: Exercise, kind: 'solutions' | 'wrong'): string[] {
  const names = readdirSync(join(folder, kind)).filter((name) => name !== 'predictions.yaml');
  return names.map((name) => join(folder, kind, name));
}

/** `@fails check: pattern` in the head of a wrong solution: what has to fail, and how it is told. */
export function namedFault(file: string): { readonly check: string; readonly says: RegExp } {
  const found = /@fails ([\w-]+): (.*?)(?: \*\/|\n)/.exec(readFileSync(file, 'utf8'));
  if (found === null) throw new Error(`${file} does not say what it fails`);
  return { check: found[1] ?? '', says: new RegExp(found[2] ?? '') };
}

/** What failed, for a message. */
export function failures({ tests }: ExerciseResult): string[] {
  return tests.filter(({ status }) => status !== 'pass').map((t) => `${t.name}: ${t.message}`);
}
