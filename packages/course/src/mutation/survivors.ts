/** Mutants that no check can catch, because they do the same: survivors.yaml says why of each. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** One mutant, or the same one at several places of a file, and why nothing can tell it from the original. */
export interface Argued {
  /** `04-least-connections/own-counts.ts`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

const FILE = join(import.meta.dirname, '../../mutation/survivors.yaml');

const schema = z.record(
  z.string(),
  z.array(z.strictObject({ from: z.string(), to: z.string(), why: z.string().min(20) })),
);

export function arguedSurvivors(file: string = FILE): Argued[] {
  const byFile = schema.parse(parse(readFileSync(file, 'utf8')) ?? {});
  return Object.entries(byFile).flatMap(([file, all]) => all.map((one) => ({ file, ...one })));
}
