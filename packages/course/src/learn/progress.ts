/** How far a student has come: a small file beside the exercises, to be kept and committed. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { ExerciseError } from '../exercise/rubric.ts';
import { COURSE_SEED, type Who } from '../grade/seeds.ts';

const HEAD = `# Your progress; commit it if you like. \`student\` and \`courseSeed\` are given by your instructor:
# they decide your own numbers in some exercises.
`;

/** See the head of this file. */
export interface Progress {
  readonly student: string;
  readonly courseSeed: string;
  /** Ids of exercises. */
  readonly passed: readonly string[];
  /** Hints shown, by exercise. */
  readonly hints: Readonly<Record<string, number>>;
  /** Predictions that are locked: their digest, by exercise. */
  readonly locked: Readonly<Record<string, string>>;
}

const schema: z.ZodType<Progress> = z.strictObject({
  student: z.coerce.string().default(''),
  courseSeed: z.coerce.string().default(COURSE_SEED),
  passed: z.array(z.string()).default([]),
  hints: z.record(z.string(), z.int().nonnegative()).default({}),
  locked: z.record(z.string(), z.string()).default({}),
});

/** No student in particular, and nothing done yet. */
export const START: Progress = schema.parse({});

function fileIn(folder: string): string {
  return join(folder, 'progress.yaml');
}

/** Empty where there is no file yet. @throws {ExerciseError} */
export function readProgress(exercisesFolder: string): Progress {
  const file = fileIn(exercisesFolder);
  let content: unknown = {};
  try {
    if (existsSync(file)) content = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (error) {
    throw new ExerciseError(`${file}: ${(error as Error).message.split('\n')[0]}`);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new ExerciseError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`);
}

export function writeProgress(exercisesFolder: string, progress: Progress): void {
  writeFileSync(fileIn(exercisesFolder), `${HEAD}${stringify(progress)}`);
}

export function whoOf({ student, courseSeed }: Progress): Who {
  return { student, courseSeed };
}
