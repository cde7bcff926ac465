/** The exercises that there are, in their order. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LEVELS } from '../blackbox/score-card.ts';
import type { ExerciseChecks } from '../checks/check.ts';
import { ExerciseError, type Rubric, readRubric } from './rubric.ts';

/** One exercise as it lies on disk. */
export interface Exercise {
  /** `01-round-robin`. */
  readonly id: string;
  /** `01`. */
  readonly number: string;
  readonly folder: string;
  readonly rubric: Rubric;
}

const NAME = /^(\d\d)-[a-z0-9-]+$/;

/** Where the exercises of this kit are. */
export const EXERCISES_FOLDER: string = join(import.meta.dirname, '../../../../exercises');

/** Root of the kit. */
export const KIT_FOLDER: string = join(import.meta.dirname, '../../../..');

/** All exercises below a folder. @throws {ExerciseError} */
export function listExercises(folder: string = EXERCISES_FOLDER): Exercise[] {
  if (!existsSync(folder)) throw new ExerciseError(`${folder}: there is no such folder`);
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .sort()
    .map((id) => {
      const path = join(folder, id);
      return { id, number: id.slice(0, 2), folder: path, rubric: readRubric(path) };
    });
}

/** `4`, `04` or `04-least-connections`. @throws {ExerciseError} naming what there is */
export function exerciseNamed(name: string, all: readonly Exercise[]): Exercise {
  const wanted = /^\d$/.test(name) ? `0${name}` : name;
  const found = all.find(({ id, number }) => id === wanted || number === wanted);
  if (found !== undefined) return found;
  throw new ExerciseError(
    `there is no exercise ${name}; there are ${all.map((e) => e.number).join(' ')}`,
  );
}

/** The checks of an exercise; they and the rubric must name the same ones. @throws {ExerciseError} */
export async function loadChecks({ id, folder, rubric }: Exercise): Promise<ExerciseChecks> {
  const module: unknown = await import(pathToFileURL(join(folder, 'checks.ts')).href);
  const checks = (module as { default?: ExerciseChecks }).default;
  if (checks === undefined) throw new ExerciseError(`${id}/checks.ts has no default export`);
  const known =
    rubric.kind === 'program'
      ? LEVELS.map(({ number }) => `L${number}`)
      : checks.checks.map((check) => check.id);
  const worth = Object.keys(rubric.points);
  const odd = [...known, ...worth].find((name) => !known.includes(name) || !worth.includes(name));
  if (odd !== undefined) {
    throw new ExerciseError(`${id}: checks.ts and rubric.yaml do not both know the check "${odd}"`);
  }
  return checks;
}
