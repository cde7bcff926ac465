/** Every exercise has the same form, and what its README says is there. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadChecks } from '../src/exercise/exercises.ts';
import { hintsOf } from '../src/learn/readme.ts';
import { EXERCISES, filesOf } from './support.ts';

const STARTER_LINES = 40;
/** Solutions and wrong ones where it is not 3 and 5. */
const ENOUGH: Readonly<Record<string, readonly [number, number]>> = {
  '05': [1, 5],
  '11': [2, 3],
  '12': [1, 1],
};

test('exercises are numbered without a gap', () => {
  expect(EXERCISES.map(({ number }) => Number(number))).toEqual(EXERCISES.map((_, i) => i + 1));
});

describe.each(EXERCISES)('$id', (exercise) => {
  const { folder, id, number, rubric } = exercise;
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

  test('checks and rubric name the same checks, and the points sum up to ten', async () => {
    await loadChecks(exercise);
    expect(Object.values(rubric.points).reduce((a, b) => a + b, 0)).toBe(10);
  });

  test(`the starter is short and is what the student's file is at first`, () => {
    expect(read('exercise.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(STARTER_LINES);
    expect(read('exercise.ts')).toBe(read('starter/exercise.ts'));
  });

  test('the README has its picture, its parts, three hints and the commands', () => {
    const text = read('README.md');
    for (const part of [
      '## What to write',
      '## Run it',
      '## Hints',
      '## Questions to think about',
    ]) {
      expect(text).toContain(part);
    }
    expect(hintsOf(folder).filter((hint) => hint.length > 20)).toHaveLength(3);
    const pictures = [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
    expect(pictures.length).toBeGreaterThan(0);
    for (const picture of pictures) expect(existsSync(join(folder, picture))).toBe(true);
    expect(text).toContain(`exercises/${id}/exercise.ts`);
    const live = { policy: '--policy ', program: 'blackbox' };
    const flag = live[rubric.kind as keyof typeof live] ?? '--strategy-file ';
    expect(text).toMatch(new RegExp(`pnpm [^\n]*${flag}`));
    if (rubric.kind !== 'program') {
      expect(text).toMatch(new RegExp(`pnpm bench [^\n]*[:=]exercises/${id}/exercise.ts`));
    }
  });

  test('there are enough solutions and wrong ones to test the checks with', () => {
    const [solutions, wrong] = ENOUGH[number] ?? [3, 5];
    expect(filesOf(exercise, 'solutions').length).toBeGreaterThanOrEqual(solutions);
    expect(filesOf(exercise, 'wrong').length).toBeGreaterThanOrEqual(wrong);
  });
});
