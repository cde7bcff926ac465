/** `pnpm grade`: what it takes, what it writes, and what it says of hand-ins that cannot be graded. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LAB_SCHEMA } from '@evenkeel/core/testing';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { blackboxProgram } from '../src/cli/blackbox.ts';
import { gradeProgram } from '../src/cli/grade.ts';
import { handoutProgram } from '../src/cli/handout.ts';
import { learnProgram } from '../src/cli/learn.ts';
import { runProgram } from '../src/cli/usage.ts';
import { exercise, filesOf, scratch, withNumbers } from './support.ts';

const MAIN = join(import.meta.dirname, '../src/main.ts');
const FIRST = exercise('01');
const [SOLUTION = ''] = filesOf(FIRST, 'solutions');

/** Where `learn` writes its films. */
const HERE = mkdtempSync(join(tmpdir(), 'course-here-'));
afterAll(() => rmSync(HERE, { recursive: true, force: true }));

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    ...{ encoding: 'utf8', cwd: HERE },
  });
  return { code: status, out: stdout, err: stderr };
}

const PROGRAMS = {
  grade: gradeProgram,
  learn: learnProgram,
  blackbox: blackboxProgram,
  handout: handoutProgram,
};

/** As `run`, without a process: for what is refused at once. */
async function called(
  name: string,
  args: readonly string[],
): Promise<{ code: number; err: string }> {
  let err = '';
  const written = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
  const program = PROGRAMS[name as keyof typeof PROGRAMS]();
  const code = await runProgram(program, args).finally(() => written.mockRestore());
  return { code, err };
}

function handIn(text: string, ...path: string[]): string {
  const folder = join(...path);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '01-round-robin.ts'), text);
  return folder;
}

describe('one hand-in', () => {
  const folder = (): string => handIn(readFileSync(SOLUTION, 'utf8'), scratch());

  test('as JSON, with kit, seed and limits', () => {
    const { code, out } = run(
      'grade',
      '01',
      '--submission',
      folder(),
      '--json',
      '-',
      '--course-seed',
      'x',
    );
    const grade = JSON.parse(out);
    expect(code).toBe(0);
    expect(grade).toMatchObject({ schema: 'evenkeel.grade/1', seed: 'x', kit: expect.any(String) });
    expect(grade.exercises[0]).toMatchObject({
      id: '01-round-robin',
      score: 10,
      maxScore: 10,
      status: 'pass',
    });
    expect(grade.limits.join()).toContain('permission model');
  });

  test('a failing one ends with 0 all the same, and its replay shows the same again', () => {
    const { code, out } = run(
      'grade',
      '01',
      '--submission',
      handIn('export default () => ({ pick: (c) => c[0] });', scratch()),
      '--json',
      '-',
    );
    const test = JSON.parse(out).exercises[0].tests.find(
      (t: { name: string }) => t.name === 'turns',
    );
    expect(code).toBe(0);
    expect(test).toMatchObject({
      status: 'fail',
      message: 'e0 was picked again before e1 had its turn',
    });
    expect(test.replay).toMatch(/^pnpm learn check 01 --only turns --seed \d+ --path [\d:]+$/);
    // The starter has the same fault: the replay leads to the same counter-example.
    const again = run(...test.replay.split(' ').slice(1));
    for (const line of test.trace) expect(again.out).toContain(line);
    // As a film for the lab, too.
    const [, film = ''] = /watch: pnpm lab --replay (\S+)/.exec(again.out) ?? [];
    const { schema, steps } = JSON.parse(readFileSync(join(HERE, film), 'utf8'));
    expect([schema, steps.law]).toEqual([LAB_SCHEMA, expect.stringContaining(test.message)]);
    expect(steps.steps).toMatchObject([
      { picked: 'e0', endpoints: [{ id: 'e0', state: 'ready', inFlight: 0 }, { id: 'e1' }] },
      { picked: 'e0', endpoints: [{ id: 'e0', state: 'ready', inFlight: 1 }, { id: 'e1' }] },
    ]);
  });
});

describe('a class', () => {
  test('is graded but for those that cannot be, each with one line', async () => {
    const inbox = scratch();
    const solution = readFileSync(SOLUTION, 'utf8');
    handIn(solution, inbox, 'ada');
    handIn(solution, inbox, 'Ada');
    handIn(await withNumbers(FIRST, solution, 'bob'), inbox, 'bob');
    writeFileSync(join(handIn(solution, inbox, 'carl'), 'student.yaml'), 'id: [');
    writeFileSync(join(handIn(solution, inbox, 'dora'), 'student.yaml'), 'id: "../dora"\n');
    writeFileSync(join(handIn(solution, inbox, 'emil'), 'student.yaml'), `# ${'['.repeat(5_000)}`);
    writeFileSync(join(inbox, 'fay.zip'), 'PK');
    writeFileSync(join(inbox, 'bob', 'progress.yaml'), 'student: bo\ncourseSeed: autumn\n');
    const out = scratch();
    const result = run('grade', '01', '--submissions', inbox, '--out', out);
    expect(result).toMatchObject({ code: 0, err: '' });
    expect(result.out).toMatch(/bob {2}10\/10/);
    expect(result.out).toContain(
      'bob: worked with the numbers of student "bo", courseSeed "autumn" (progress.yaml); graded with student "bob", courseSeed "evenkeel"',
    );
    const table = readFileSync(join(out, 'grades.csv'), 'utf8');
    expect(table.trim().split('\r\n')).toEqual([
      'student,01-round-robin,total,max,problem',
      expect.stringMatching(/^'?"?\.\.\/dora.*other characters/),
      expect.stringMatching(/^Ada.*more than one folder/),
      expect.stringMatching(/^ada.*more than one folder/),
      'bob,10,10,10,',
      expect.stringMatching(/^carl.*student\.yaml cannot be read/),
      expect.stringMatching(/^emil.*student\.yaml: expected a plain file of at most 4 KiB/),
      expect.stringMatching(/^fay\.zip.*no folder/),
    ]);
  });

  test.each([
    [
      ['grade', '--submissions', '/nowhere', '--out', '/tmp/x'],
      /--submissions: expected a folder, got \/nowhere/,
    ],
    [['grade', '--submissions', '/tmp'], /--submissions needs --out/],
    [['grade', '99'], /there is no exercise 99; there are 01 02/],
    [['grade', '--jobs', '0'], /must be an integer from 1 to 256/],
    [
      ['learn', 'check', '01', '--only', 'nothing'],
      /01-round-robin has the checks candidates, turns/,
    ],
    [['learn', 'new', 'mine'], /expected two digits and a name, like 13-my-idea/],
    [['blackbox'], /expected one of --command and --config-template/],
    [['blackbox', '--command', 'x {port}'], /expected \{port\} and \{backends\}/],
    [
      ['blackbox', '--command', '{port} {backends}', '--levels', '9'],
      /expected levels from 1 to 7/,
    ],
    [['handout', '--out', '/tmp'], /expected a new or empty folder, got \/tmp/],
  ])('%j ends with 2 and one line', async ([name = '', ...args], says) => {
    const { code, err } = await called(name, args);
    expect(code).toBe(2);
    expect(err).toMatch(says);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});
