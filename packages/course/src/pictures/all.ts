/** All pictures of the coursework, and where they lie. */

import { join } from 'node:path';
import { EXERCISES_FOLDER } from '../exercise/exercises.ts';
import { EXERCISE_PICTURES } from './exercises.ts';

/** One picture. */
export interface Picture {
  readonly file: string;
  readonly draw: () => string;
}

export function allPictures(): Picture[] {
  return Object.entries(EXERCISE_PICTURES).map(([id, draw]) => ({
    file: join(EXERCISES_FOLDER, id, 'picture.svg'),
    draw,
  }));
}
