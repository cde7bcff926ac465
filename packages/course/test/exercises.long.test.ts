/** Every exercise: its starter fails, its solutions pass, its wrong solutions fail by the fault they name. */

import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  EXERCISES,
  exercise as exerciseNumbered,
  failures,
  filesOf,
  grade,
  namedFault,
  scratch,
  withNumbers,
} from './support.ts';

const IN_SANDBOX = EXERCISES.filter(({ rubric }) => rubric.kind !== 'program');

describe.each(IN_SANDBOX)('$id', (exercise) => {
  test('the starter fails, but not everything', async () => {
    const result = await grade(exercise, join(exercise.folder, 'exercise.ts'));
    expect(result.status).toBe('fail');
    expect(result.score).toBeGreaterThan(0);
  });

  test.each(filesOf(exercise, 'solutions').map((file) => [basename(file), file]))(
    'solution %s passes',
    async (_, file) => {
      const result = await grade(exercise, file);
      expect([result.status, failures(result)]).toEqual(['pass', expect.anything()]);
      const needed = exercise.rubric.passAt ?? result.maxScore;
      expect(result.score).toBeGreaterThanOrEqual(needed);
    },
  );

  test.each(filesOf(exercise, 'wrong').map((file) => [basename(file), file]))(
    'wrong %s fails, and the message names the fault',
    async (_, file) => {
      const { check, says } = namedFault(file);
      const result = await grade(exercise, file);
      const failed = result.tests.find(({ name }) => name === check);
      expect({ check, status: failed?.status, all: failures(result) }).toMatchObject({
        status: 'fail',
      });
      expect(failed?.message).toMatch(says);
    },
  );
});

test('a copy of the baseline gets the base score', async () => {
  const own = exerciseNumbered('11');
  const { score, status } = await grade(own, join(own.folder, 'exercise.ts'));
  expect([score, status]).toEqual([6, 'fail']);
});

const NUMBERED = ['01', '02', '03', '04', '06', '07', '08', '09', '10'].map(exerciseNumbered);

test.each(NUMBERED)("$id: a neighbour's numbers are wrong, one's own are right", async (of) => {
  const [file = ''] = filesOf(of, 'solutions');
  const neighbours = ['ada', 'bob', 'carl', 'dora', 'emil', 'fay'];
  const standard = readFileSync(file, 'utf8');
  const texts = await Promise.all(neighbours.map((student) => withNumbers(of, standard, student)));
  const mine = texts[0] ?? '';
  const [another = ''] = texts.filter((text) => text !== mine);
  const student = neighbours[0] ?? '';
  const hand = (text: string): string => {
    const target = join(scratch(), 'exercise.ts');
    writeFileSync(target, text);
    return target;
  };
  expect(failures(await grade(of, hand(mine), { student }))).toEqual([]);
  expect((await grade(of, hand(another), { student })).status).toBe('fail');
});
