/** The lessons of the tour: each is in order, and what it claims is true of the film it shows and of others. */

import { describe, expect, test } from 'vitest';
import { lessons } from '../src/lessons/index.ts';
import { checkLabFile, LAB_SCHEMA } from '../src/state/lab-file.ts';
import { exceptions } from './support/claims.ts';

const SEEDS = 4;

test('there are ten, each with a name of its own', () => {
  expect(new Set(lessons.map(({ id }) => id)).size).toBe(10);
});

describe.each(lessons)('$id', (lesson) => {
  const { scenario, strategies, atMs, text, options, answer } = lesson;

  test('is a preset that opens, three sentences, and a question with an answer', () => {
    const file = checkLabFile({ schema: LAB_SCHEMA, scenario, strategies, atMs }, lesson.id);
    expect(file.strategies).toEqual(strategies);
    expect(text).toHaveLength(3);
    expect(options.length).toBeGreaterThanOrEqual(3);
    expect(options[answer]).toBeDefined();
  });

  test('its claim holds for the seed that is shown, and for others', () => {
    expect(exceptions(lesson, scenario.seed as number, 1)).toEqual([]);
    expect(exceptions(lesson, 1000, SEEDS).length).toBeLessThanOrEqual(1);
  });
});
