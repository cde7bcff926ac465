/**
 * Marks as learning platforms read them, held against what those say of their formats: Gradescope's "Autograder
 * specifications", and the source of GitHub Classroom's reporter.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { KIT_FOLDER } from '../src/exercise/exercises.ts';
import { gradeStudent } from '../src/grade/grade-student.ts';
import {
  GRADE_SCHEMA,
  type Grade,
  type Status,
  summed,
  type TestResult,
} from '../src/grade/result.ts';
import { classroomOf } from '../src/text/classroom.ts';
import { gradescopeOf } from '../src/text/gradescope.ts';
import { EXERCISES, exercise, scratch } from './support.ts';

const visibility = z.enum(['hidden', 'after_due_date', 'after_published', 'visible']);
const format = z.enum(['text', 'html', 'simple_format', 'md', 'ansi']);

/** All keys that the specification knows, and no other. */
const GRADESCOPE = z.strictObject({
  score: z.number().optional(),
  execution_time: z.number().optional(),
  output: z.string().optional(),
  output_format: format.optional(),
  test_output_format: format.optional(),
  test_name_format: format.optional(),
  visibility: visibility.optional(),
  stdout_visibility: visibility.optional(),
  extra_data: z.record(z.string(), z.unknown()).optional(),
  tests: z
    .array(
      z.strictObject({
        score: z.number().optional(),
        max_score: z.number().optional(),
        status: z.enum(['passed', 'failed']).optional(),
        name: z.string().optional(),
        name_format: format.optional(),
        number: z.string().optional(),
        output: z.string().optional(),
        output_format: format.optional(),
        tags: z.array(z.string()).optional(),
        visibility: visibility.optional(),
        extra_data: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
});

/** What the reporter reads of each runner's result. */
const CLASSROOM = z.object({
  version: z.literal(1),
  status: z.enum(['pass', 'fail', 'error']),
  max_score: z.number(),
  tests: z
    .array(
      z.object({
        name: z.string().min(1),
        status: z.enum(['pass', 'fail', 'error']),
        score: z.number(),
        message: z.string(),
      }),
    )
    .min(1),
});

const KINDS: readonly Status[] = ['pass', 'fail', 'error', 'timeout'];

/** Every status once, with and without what a test may lack. */
const GRADE: Grade = {
  ...{ schema: GRADE_SCHEMA, student: 'ada', seed: 'secret', kit: '1', limits: [] },
  exercises: KINDS.map((status, i) => {
    const score = status === 'pass' ? 2 : 0;
    const plain: TestResult = {
      ...{ name: 'turns', about: 'a law', status, score, maxScore: 2, message: 'm <b> "é"' },
    };
    const full = { ...plain, expected: 'e', trace: ['a\tb'], replay: 'pnpm learn check 01' };
    return summed(`0${i + 1}-name`, [plain, full]);
  }),
};

/** As the reporter adds points up. */
function classroomPoints(text: string): string {
  const { max_score, tests } = CLASSROOM.parse(JSON.parse(text));
  return `${tests.reduce((sum, { score }) => sum + score, 0)}/${max_score}`;
}

test('Gradescope: every key and value is one of its specification, and the seed is not shown', () => {
  const made = GRADESCOPE.parse(JSON.parse(JSON.stringify(gradescopeOf(GRADE))));
  expect(made.score).toBe(4);
  expect(made.tests?.map(({ score }) => score).reduce((a = 0, b = 0) => a + b, 0)).toBe(4);
  const { extra_data, ...shown } = made;
  expect(extra_data).toEqual({ kit: '1', seed: 'secret' });
  expect(JSON.stringify(shown)).not.toContain('secret');
});

test('Classroom: the reporter finds what it reads, and comes to the same points', () => {
  const text = JSON.stringify(classroomOf(GRADE));
  expect(classroomPoints(text)).toBe('4/16');
  const statuses = CLASSROOM.parse(JSON.parse(text)).tests.map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set(['pass', 'fail', 'error']));
  const passed = { ...GRADE, exercises: GRADE.exercises.slice(0, 1) };
  expect(classroomOf(passed)).toMatchObject({ status: 'pass', max_score: 4 });
  expect(classroomOf(GRADE)).toMatchObject({ status: 'error' });
});

test('all exercises of a hand-in that holds none of them, in both forms', async () => {
  const grade = await gradeStudent({
    ...{ student: 'ada', folder: scratch(), exercises: EXERCISES, courseSeed: 'x', kit: '1' },
    ...{ exercisesFolder: join(KIT_FOLDER, 'exercises'), programs: false },
  });
  const max = grade.exercises.reduce((sum, { maxScore }) => sum + maxScore, 0);
  GRADESCOPE.parse(gradescopeOf(grade));
  expect(classroomPoints(JSON.stringify(classroomOf(grade)))).toBe(`0/${max}`);
});

test('the workflow in the guide hands the result over under the name that the reporter looks for', () => {
  const guide = readFileSync(join(KIT_FOLDER, 'docs/teaching.md'), 'utf8');
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
  const { jobs } = parse(text) as {
    jobs: Record<string, { steps: { id?: string; run?: string; env?: object; with?: object }[] }>;
  };
  const steps = Object.values(jobs)[0]?.steps ?? [];
  const graded = steps.find(({ id }) => id !== undefined);
  expect(graded?.run).toContain('--format classroom');
  const reporter = steps.at(-1);
  expect(reporter?.with).toEqual({ runners: graded?.id });
  const name = `${graded?.id?.toUpperCase()}_RESULTS`;
  expect(reporter?.env).toMatchObject({
    [name]: `\${{ steps.${graded?.id}.outputs.result }}`,
  });
});

test('a grade does not tell the seeds of hidden scenarios', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'exercise.ts'), 'export default () => ({ pick: (c) => c[9] });');
  const graded = async (number: string): Promise<(string | undefined)[]> => {
    const { exercises } = await gradeStudent({
      ...{ student: '', folder, exercises: [exercise(number)], courseSeed: 'x', kit: '1' },
      ...{ exercisesFolder: join(KIT_FOLDER, 'exercises'), programs: false },
    });
    return exercises.flatMap(({ tests }) => tests.map(({ replay }) => replay));
  };
  expect((await graded('11')).filter((replay) => replay !== undefined)).toEqual([]);
  expect((await graded('01'))[0]).toContain('pnpm learn check 01');
});
