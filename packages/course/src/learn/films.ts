/** A failing check as a film: a file that the lab opens, and the command that opens it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LAB_SCHEMA } from '@evenkeel/core/testing';
import type { ExerciseResult, TestResult } from '../grade/result.ts';

/** Where films go, from where the command was started. */
const FOLDER = join('reports', 'learn');

function filmed(id: string, test: TestResult): TestResult {
  const { name, about, message, steps = [] } = test;
  if (steps.length === 0) return test;
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${id}-${name}.lab.json`);
  const film = { title: `${id}, ${name}`, law: `${about}: ${message}`, steps };
  writeFileSync(file, `${JSON.stringify({ schema: LAB_SCHEMA, note: message, steps: film })}\n`);
  return { ...test, watch: `pnpm lab --replay ${file}` };
}

/** Writes the films of what failed; the results say how to watch them. */
export function withFilms(result: ExerciseResult): ExerciseResult {
  return { ...result, tests: result.tests.map((test) => filmed(result.id, test)) };
}
