/** Where a submission's files are, whatever way they were handed in. */

import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Exercise } from '../exercise/exercises.ts';

/** Of a file beside the exercise's own. Parsers of YAML need long for large files that mean harm. */
const LARGEST_BYTES = 4 * 1024;

/**
 * A plain file of the hand-in, at the end of no link: a link could name a file of the grader's, or another student's.
 * @param folder the hand-in, which may be a link itself
 */
function isFileIn(folder: string, path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  return realpathSync(path) === join(realpathSync(folder), relative(folder, path));
}

/** The text of a small plain file; undefined for all else. */
export function readSmall(path: string): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() !== true || found.size > LARGEST_BYTES) return undefined;
  return readFileSync(path, 'utf8');
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
  return places.map((place) => join(folder, place)).find((path) => isFileIn(folder, path));
}

/** The other files of an exercise, by name; those that are absent, too large or links are left out. */
export function readOtherFiles(
  exerciseFile: string,
  names: readonly string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const text = readSmall(join(dirname(exerciseFile), name));
    if (text !== undefined) found[name] = text;
  }
  return found;
}

/** Changes when anything does that a grade depends on. */
export function digestOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
