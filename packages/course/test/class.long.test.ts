/**
 * A class of thirty and more, good, wrong and hostile: the expected marks, twice over, byte for byte, and by the
 * installed handout too.
 */

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { EXERCISES_FOLDER, KIT_FOLDER } from '../src/exercise/exercises.ts';
import { gradeClass } from '../src/grade/class.ts';
import { withOwnNumbers } from '../src/grade/own-numbers.ts';
import { installHandout } from './installed-handout.ts';
import { exercise, filesOf, scratch } from './support.ts';

const courseSeed = 'autumn';
const { version: KIT } = JSON.parse(readFileSync(join(KIT_FOLDER, 'package.json'), 'utf8')) as {
  version: string;
};
const GRADED = [exercise('01'), exercise('04')];

/** What a hostile student does at the top of a file, or in pick. */
const HOSTILE: Readonly<Record<string, string>> = {
  'endless-loop': 'for (;;);',
  'huge-heap': 'const a: object[] = []; for (;;) a.push({ a });',
  'process-exit': '(globalThis as any).process.exit(0);',
  'kills-its-parent': '(globalThis as any).process.kill((globalThis as any).process.ppid);',
  'fork-bomb': "import('node:child_process');",
  'reads-the-checks': "import checks from '../checks.ts'; export const c = checks;",
  'writes-outside': "import { writeFileSync } from 'node:fs'; writeFileSync('/tmp/owned', '');",
  'replaces-map': 'Array.prototype.map = () => [];',
  'replaces-random': 'Math.random = () => 0.5;',
  'replaces-stringify': 'JSON.stringify = () => "{}";',
  'forges-a-verdict': 'console.log(JSON.stringify({ schema: "evenkeel.grade/1", score: 20 }));',
};

const PLAIN = `
export default () => ({ pick: (candidates: readonly unknown[]) => candidates[0] });
`;

function handIn(folder: string, student: string, files: Readonly<Record<string, string>>): void {
  for (const [id, text] of Object.entries(files)) {
    const target = join(folder, student, 'exercises', id);
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'exercise.ts'), text);
  }
}

async function writeClass(folder: string): Promise<void> {
  for (const { id, ...rest } of GRADED) {
    for (const kind of ['solutions', 'wrong'] as const) {
      for (const file of filesOf({ id, ...rest }, kind)) {
        const student = `${kind}-${id.slice(0, 2)}-${basename(file, '.ts')}`;
        const text = readFileSync(file, 'utf8');
        const isOwn = kind === 'solutions';
        const own = isOwn
          ? await withOwnNumbers({ id, ...rest }, text, { courseSeed, student })
          : text;
        handIn(folder, student, { [id]: own });
      }
    }
  }
  for (const [name, evil] of Object.entries(HOSTILE)) {
    handIn(folder, `hostile-${name}`, { [GRADED[0]!.id]: `${evil}\n${PLAIN}` });
  }
  handIn(folder, 'twin-a', { [GRADED[0]!.id]: PLAIN });
  cpSync(join(folder, 'twin-a'), join(folder, 'twin-b'), { recursive: true });
  for (const twin of ['twin-a', 'twin-b'])
    writeFileSync(join(folder, twin, 'student.yaml'), 'id: twin\n');
  mkdirSync(join(folder, 'empty'));
}

/** All that grading wrote, by file. */
function written(out: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]),
  );
}

test('the marks are right, the same twice over, and a killed run goes on where it was', async () => {
  const folder = scratch();
  const submissions = join(folder, 'in');
  await writeClass(submissions);
  expect(readdirSync(submissions).length).toBeGreaterThanOrEqual(30);
  const said: string[] = [];
  const grade = (out: string, jobs: number): ReturnType<typeof gradeClass> =>
    gradeClass({
      submissions,
      out: join(folder, out),
      exercises: GRADED,
      exercisesFolder: EXERCISES_FOLDER,
      courseSeed,
      kit: KIT,
      programs: false,
      jobs,
      said: (line) => said.push(line),
    });
  const rows = await grade('first', 2);
  for (const row of rows) {
    if ('problem' in row) {
      expect([row.student, row.problem]).toEqual([
        'twin',
        expect.stringContaining('more than one folder'),
      ]);
      continue;
    }
    const [first, fourth] = row.grade.exercises;
    const mine = row.student.includes('-04-') ? fourth : first;
    if (row.student.startsWith('solutions'))
      expect([row.student, mine?.status]).toEqual([row.student, 'pass']);
    else expect([row.student, mine?.status]).not.toEqual([row.student, 'pass']);
    if (row.student === 'empty') expect(first?.tests[0]?.message).toBe('not submitted');
  }
  await grade('second', 1);
  const first = written(join(folder, 'first'));
  expect(written(join(folder, 'second'))).toEqual(first);
  const third = join(folder, 'third');
  const run = installHandout(join(folder, 'handout'));
  const ids = GRADED.map(({ number }) => number);
  const args = ['--submissions', submissions, '--out', third, '--course-seed', courseSeed];
  const there = run('--silent', 'grade', ...ids, ...args, '--jobs', '2');
  expect([there.code, there.err]).toEqual([0, '']);
  expect(written(third)).toEqual(first);
  // As after a kill: some marks are there, one is half written, the table is missing.
  rmSync(join(folder, 'first', 'grades.csv'));
  rmSync(join(folder, 'first', 'empty.json'));
  writeFileSync(join(folder, 'first', 'hostile-endless-loop.json'), '{"schema": "even');
  said.length = 0;
  await grade('first', 2);
  expect(written(join(folder, 'first'))).toEqual(first);
  expect(said.filter((line) => !line.endsWith('(as before)'))).toHaveLength(4);
});
