/** Predictions come first: an exercise that asks for some is not run before they are locked. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exercise } from '../exercise/exercises.ts';
import { ExerciseError } from '../exercise/rubric.ts';
import { digestOf } from '../grade/submission-folder.ts';
import type { Progress } from './progress.ts';

const FILE = 'predictions.yaml';

/** What is remembered of the predictions. @throws {ExerciseError} if there are none */
export function lockOf({ folder, id }: Exercise): string {
  const file = join(folder, FILE);
  if (!existsSync(file)) throw new ExerciseError(`${id}: ${FILE} is missing`);
  return digestOf([readFileSync(file, 'utf8')]);
}

/** Why the exercise cannot be run now; undefined if it can. */
export function unlocked(exercise: Exercise, { locked }: Progress): string | undefined {
  const { id, number, rubric } = exercise;
  if (rubric.kind !== 'predictions') return undefined;
  const lock = locked[id];
  if (lock === undefined) return `lock your predictions first: pnpm learn lock ${number}`;
  if (lock === lockOf(exercise)) return undefined;
  return `${FILE} is not what you locked; restore it, or start again: pnpm learn reset ${number}`;
}
