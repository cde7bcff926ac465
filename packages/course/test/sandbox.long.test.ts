/** All submissions that cannot be used, and all hostile ones. */

import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { findExerciseFile } from '../src/grade/submission-folder.ts';
import { HOSTILE, roundRobin, UNUSABLE } from './submissions.ts';
import { exercise, grade, gradeText, scratch } from './support.ts';

const FIRST = exercise('01');

describe('a submission that cannot be used says why, with the line of its own file', () => {
  test.each(UNUSABLE)('%s', async (_, text, says) => {
    const { status, score, tests } = await gradeText(FIRST, text, 'turns', { loadMs: 5_000 });
    expect(tests[0]?.message).toMatch(says);
    expect(tests[0]?.message).not.toMatch(/node:internal|main\.mjs|\n/);
    expect(status).not.toBe('pass');
    expect(score).toBe(0);
  });

  test('a throw in a hook', async () => {
    const hook = 'return { settled() { throw new RangeError("bad"); }, pick: (c) => c[0] };';
    const { tests } = await gradeText(exercise('04'), roundRobin({ create: hook }));
    expect(tests.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/RangeError: bad \(exercise\.ts:5\)/),
    );
  });

  test('a file that is a link, a folder or absent is not read', async () => {
    const folder = scratch();
    symlinkSync('/etc/hostname', join(folder, 'link.ts'));
    mkdirSync(join(folder, 'folder.ts'));
    for (const name of ['link.ts', 'folder.ts', 'absent.ts']) {
      const { tests, score } = await grade(FIRST, join(folder, name));
      expect(score).toBe(0);
      expect(tests[0]?.message).toMatch(/^exercise\.ts (cannot be read|is no plain file)/);
    }
  });
});

describe('a hostile submission', () => {
  test.each(HOSTILE)('%s', async (_, text, says) => {
    const { tests, score, maxScore } = await gradeText(FIRST, text, 'turns', { loadMs: 5_000 });
    const bad = tests.find(({ status }) => status !== 'pass');
    expect(bad?.message).toMatch(says);
    expect(score).toBeLessThan(maxScore);
  });

  test('cannot reach a process by the constructors of what it is given', async () => {
    const attempts = [
      'console.log.constructor("return process")()',
      'candidates.constructor.constructor("return process")()',
      'candidates[0].constructor.constructor("return process")()',
    ];
    for (const attempt of attempts) {
      const { score, tests } = await gradeText(FIRST, roundRobin({ pick: `${attempt};` }));
      expect(score).toBe(0);
      expect(tests[0]?.message).toMatch(/EvalError|Code generation/);
    }
  });

  test('that no parser comes to an end with costs its author points, and the next one nothing', async () => {
    const endless = `${'{'.repeat(30_000)}${'}'.repeat(30_000)}\nexport default 1;`;
    const { tests, score } = await gradeText(FIRST, endless);
    expect([score, tests[0]?.message]).toEqual([0, expect.stringContaining('cannot be compiled')]);
    expect((await gradeText(FIRST, roundRobin({}), 'turns')).status).toBe('pass');
  });

  test('that keeps a buffer for each request is told so, as for objects', async () => {
    const keeps = 'const kept: Uint8Array[] = [];';
    const pick = 'kept.push(new Uint8Array(1_000));';
    const { tests } = await gradeText(FIRST, roundRobin({ top: keeps, pick }));
    expect(tests.filter(({ status }) => status !== 'pass').map(({ name }) => name)).toContain(
      'frugal',
    );
  });

  test('that lies behind a link is not read, and no link in a hand-in leads elsewhere', async () => {
    const inbox = scratch();
    const victim = join(inbox, 'ada', 'exercises', FIRST.id);
    mkdirSync(victim, { recursive: true });
    writeFileSync(join(victim, 'exercise.ts'), roundRobin({}));
    mkdirSync(join(inbox, 'eve'));
    symlinkSync(join(inbox, 'ada', 'exercises'), join(inbox, 'eve', 'exercises'));
    expect(findExerciseFile(join(inbox, 'ada'), FIRST, false)).toBe(join(victim, 'exercise.ts'));
    expect(findExerciseFile(join(inbox, 'eve'), FIRST, false)).toBeUndefined();
    symlinkSync(join(inbox, 'ada'), join(inbox, 'whole'));
    expect(findExerciseFile(join(inbox, 'whole'), FIRST, false)).toBeDefined();
  });

  test('cannot kill its parent, and leaves no folder behind', async () => {
    const kill = 'const p: any = (globalThis as any).process;\np.kill(p.ppid);';
    const folder = scratch();
    vi.stubEnv('TMPDIR', folder);
    const { score } = await gradeText(FIRST, roundRobin({ top: kill })).finally(() =>
      vi.unstubAllEnvs(),
    );
    expect(score).toBe(0);
    // What is left is the submission itself, which the test wrote.
    expect(readdirSync(folder).filter((name) => name.startsWith('evenkeel-'))).toEqual([]);
  });

  test('cannot write, even where the grader can', async () => {
    const target = join(scratch(), 'owned');
    // Told before it is run; what is run has no name for a module.
    const asks = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(target)}, '');`;
    const { score } = await gradeText(FIRST, `${asks}\n${roundRobin({})}`);
    expect(score).toBe(0);
    expect(existsSync(target)).toBe(false);
  });
});
