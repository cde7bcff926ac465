/**
 * The score cards of subjects whose scores are known, and what each level alone notices: a mutant of the better
 * small program per level, which loses that level and no other.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { LEVELS, scoreCard } from '../src/blackbox/score-card.ts';
import type { Launch } from '../src/blackbox/subject.ts';
import { KIT_FOLDER } from '../src/exercise/exercises.ts';
import { exercise } from './support.ts';

const { folder } = exercise('12');
const TEMPLATES = join(import.meta.dirname, '../blackbox');
const BETTER = join(folder, 'solutions/better.py');
const OUT = mkdtempSync(join(tmpdir(), 'blackbox-subjects-'));
const ALL = LEVELS.map(({ number }) => number);
/** Servers lie there, and not every PATH says so. */
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/go/bin`;

afterAll(() => rmSync(OUT, { recursive: true, force: true }));

/** The levels that are passed, and what the others say. */
async function passedBy(
  launch: Launch,
): Promise<{ passed: number[]; score: number; why: string[] }> {
  const { levels, score } = await scoreCard(launch, {
    ...{ levels: LEVELS, runs: 1, repeat: 0, said: () => {} },
  });
  const failed = levels.filter(({ verdict }) => verdict !== 'pass');
  return {
    passed: levels.filter(({ verdict }) => verdict === 'pass').map(({ level }) => level),
    score,
    why: failed.map(({ level, message }) => `L${level} ${message}`),
  };
}

function has(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { env: { PATH }, stdio: 'ignore' }).error === undefined;
}

const python = (file: string): Launch => ({ command: `python3 ${file} {port} {backends}` });
const ours = join(KIT_FOLDER, 'packages/lb/src/main.ts');
const goFile = join(folder, 'wrong/reverse-proxy.go');
const goProgram = join(OUT, 'reverse-proxy');

/** Name, how it is started, what it needs, the levels that it has. */
const SUBJECTS: readonly (readonly [string, Launch, boolean, readonly number[]])[] = [
  ['ours', { command: `{node} ${ours} --port {port} --backends {backends}` }, true, ALL],
  ['nginx', { configTemplate: join(TEMPLATES, 'nginx.conf') }, has('nginx', '-v'), ALL],
  ['HAProxy', { configTemplate: join(TEMPLATES, 'haproxy.cfg') }, has('haproxy', '-v'), ALL],
  ['the naive one in Python', python(join(folder, 'wrong/naive.py')), has('python3', '-V'), [1, 2]],
  ['the better one in Python', python(BETTER), has('python3', '-V'), ALL],
  [
    "Go's own reverse proxy",
    { command: `${goProgram} {port} {backends}` },
    has('go', 'version'),
    [1, 2],
  ],
];

describe('the score card is right', () => {
  test.for(SUBJECTS)('for %s', async ([name, launch, isInstalled, levels], { skip }) => {
    if (!isInstalled) skip(`${name} is not installed here`);
    if (launch.command?.startsWith(goProgram)) {
      const built = spawnSync('go', ['build', '-o', goProgram, goFile], {
        ...{ env: { PATH, HOME: OUT, GO111MODULE: 'off' }, encoding: 'utf8' },
      });
      expect(built.stderr).toBe('');
    }
    const { passed, why } = await passedBy(launch);
    expect({ passed, why }).toMatchObject({ passed: levels });
  });
});

type Edit = readonly [from: string, to: string];

/** By level: what is changed. */
const MUTANTS: Readonly<Record<number, readonly [what: string, ...edits: Edit[]]>> = {
  1: [
    'drops the query',
    ['[], [], [lines[0]], version', '[], [], [re.sub(r"[?]\\S*", "", lines[0])], version'],
  ],
  2: [
    'one backend gets two turns of four',
    ['turn = next(TURNS)', 'turn = next(TURNS) % (len(ready) + 1)'],
  ],
  3: [
    'never remembers the dead, and its retries run out',
    ['TURNS = itertools.count()', 'TURNS, RETRIES = itertools.count(), itertools.count()'],
    ['TimeoutError):\n                down.add(backend)', 'TimeoutError):\n                pass'],
    [
      'except OSError:\n            down.add(backend)\n',
      'except OSError:\n            if next(RETRIES) >= 80: break\n',
    ],
  ],
  4: ['never takes one back', ['                down.discard(backend)\n', '']],
  5: ['repeats a POST', ['        if method not in SAFE:\n            break\n', '']],
  6: [
    'does not wait for what is running',
    ['    while open_requests:\n        await asyncio.sleep(0.05)\n', ''],
  ],
  7: [
    'passes two lengths on',
    ['if encodings and (lengths or encodings', 'if encodings and (encodings'],
  ],
};

describe.skipIf(!has('python3', '-V'))('one level alone is lost by a better one that', () => {
  test.each(
    Object.entries(MUTANTS).map(([level, [what, ...edits]]) => ({
      level: Number(level),
      what,
      edits,
    })),
  )('$what: L$level', async ({ level, edits }) => {
    let text = readFileSync(BETTER, 'utf8');
    for (const [from, to] of edits) {
      expect(text.split(from)).toHaveLength(2);
      text = text.replace(from, () => to);
    }
    const file = join(OUT, `mutant-${level}.py`);
    writeFileSync(file, text);
    const { passed, why } = await passedBy(python(file));
    expect({ passed, why }).toMatchObject({ passed: ALL.filter((number) => number !== level) });
  });
});
