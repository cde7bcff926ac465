/** Where a submission's files are, whatever way they were handed in. */

import { createHash } from 'node:crypto';
import { lstatSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Exercise } from '../exercise/exercises.ts';

const LARGEST_BYTES = 256 * 1024;

/** A plain file, not a link: a link could name a file of the grader's. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/**
 * The file of an exercise: as in the kit (`exercises/NN-name/exercise.ts`), without the outer folder, as
 * `NN-name.ts`, or, if only one exercise is graded, as `exercise.ts`.
 */
export function findExerciseFile(
  folder: string,
  { id }: Exercise,
  isOnlyOne: boolean,
): string | undefined {
  const places = [`exercises/${id}/exercise.ts`, `${id}/exercise.ts`, `${id}.ts`];
  if (isOnlyOne) places.push('exercise.ts');
  return places.map((place) => join(folder, place)).find(isFile);
}

/** The other files of an exercise, by name; those that are absent, too large or links are left out. */
export function readOtherFiles(
  exerciseFile: string,
  names: readonly string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const path = join(dirname(exerciseFile), name);
    if (isFile(path) && lstatSync(path).size <= LARGEST_BYTES)
      found[name] = readFileSync(path, 'utf8');
  }
  return found;
}

/** Changes when anything does that a grade depends on. */
export function digestOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
