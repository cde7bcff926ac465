/** rubric.yaml: what an exercise is called, how long it takes, and what each check is worth. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** See the head of this file. */
export interface Rubric {
  readonly title: string;
  /** Time that a student needs, in minutes. */
  readonly minutes: number;
  /** `program`: the black box tests it; all others run in the sandbox. */
  readonly kind: 'strategy' | 'policy' | 'predictions' | 'program';
  /** Points by check. */
  readonly points: Readonly<Record<string, number>>;
  /** Points that make a pass; absent: all of them. */
  readonly passAt?: number | undefined;
  /** Its scenarios are drawn from a seed that students do not know: a grade does not name the seeds of its checks. */
  readonly hidden: boolean;
  /** What a person looks at; not part of the computed mark. */
  readonly byHand: readonly string[];
}

const schema: z.ZodType<Rubric> = z.strictObject({
  title: z.string().min(1),
  minutes: z.int().min(5).max(600),
  kind: z.enum(['strategy', 'policy', 'predictions', 'program']),
  passAt: z.number().positive().optional(),
  points: z.record(z.string(), z.number().positive()),
  hidden: z.boolean().default(false),
  byHand: z.array(z.string()).default([]),
});

/** An exercise's folder is not as it should be; one line. */
export class ExerciseError extends Error {
  override readonly name = 'ExerciseError';
}

/** @throws {ExerciseError} */
export function readRubric(folder: string): Rubric {
  const file = join(folder, 'rubric.yaml');
  try {
    const parsed = schema.safeParse(parse(readFileSync(file, 'utf8')));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new ExerciseError(`${file}: ${issue?.path.join('.')}: ${issue?.message}`);
  } catch (error) {
    if (error instanceof ExerciseError) throw error;
    throw new ExerciseError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
