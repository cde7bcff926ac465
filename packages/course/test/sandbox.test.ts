/** Hostile and broken submissions: they cost their author points, and the grader nothing. */

import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exercise, grade, gradeText, scratch } from './support.ts';

const FIRST = exercise('01');

/** A correct round robin with something in it. */
function roundRobin(at: { top?: string; create?: string; pick?: string }): string {
  return `import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';
${at.top ?? ''}
let turn = 0;
const create: StrategyFactory = (): Strategy => {
  ${at.create ?? ''}
  return { pick(candidates: readonly Endpoint[]): Endpoint {
    ${at.pick ?? ''}
    return candidates[turn++ % candidates.length] as Endpoint;
  } };
};
export default create;
`;
}

async function firstMessage(
  text: string,
): Promise<{ status: string; score: number; message: string }> {
  const { status, score, tests } = await gradeText(FIRST, text, 'turns');
  return { status, score, message: tests[0]?.message ?? '' };
}

describe('a submission that cannot be used says why, with the line of its own file', () => {
  test.each([
    ['a syntax error', 'const a = 1;\nconst = 2;\n', /^exercise\.ts:2: /],
    ['an unfinished file', 'export default () => ({\n', /^exercise\.ts:2: /],
    ['an enum', 'enum A { B }\nexport default () => A;\n', /^exercise\.ts(:1)?: .*enum/i],
    [
      'another import',
      "import 'node:fs';\n",
      /^exercise\.ts:1: only @evenkeel\/core can be imported, not "node:fs"/,
    ],
    [
      'a dynamic import',
      roundRobin({ create: "import('node:os');" }),
      /exercise\.ts:5: only @evenkeel\/core/,
    ],
    [
      'no default export',
      'export const create = 1;\n',
      /default export must be a function.*no default export/,
    ],
    ['another export', 'export default 7;\n', /default export must be a function.*the number 7/],
    [
      'no object',
      'export default () => 7;\n',
      /must return an object with pick\(\), got the number 7/,
    ],
    ['a promise of an object', 'export default async () => ({});\n', /got a Promise/],
    ['no pick', 'export default () => ({});\n', /needs a method pick, got undefined/],
    [
      'a throw on loading',
      '\nthrow new Error("no");\nexport default 1;',
      /threw Error: no \(exercise\.ts:2\)/,
    ],
    [
      'a throw in pick',
      roundRobin({ pick: 'null.x;' }),
      /pick: threw TypeError: .*\(exercise\.ts:7\)/,
    ],
    ['a throw of a text', roundRobin({ pick: 'throw "no";' }), /pick: threw the string "no"/],
    [
      'a pick that is a promise',
      'export default () => ({ pick: async (c) => c[0] });',
      /got a Promise/,
    ],
    [
      'a pick of nothing',
      'export default () => ({ pick() {} });',
      /candidates \(e0.*\), got undefined/,
    ],
    [
      'a copy of a candidate',
      'export default () => ({ pick: (c) => ({ ...c[0] }) });',
      /got an object/,
    ],
    [
      'writing to an endpoint',
      roundRobin({ pick: 'candidates[0].inFlight = 9;' }),
      /TypeError: .*only a getter.*exercise\.ts:7/,
    ],
    [
      'a top-level wait',
      'await new Promise(() => {});\nexport default 1;',
      /waits for something that never comes/,
    ],
  ])('%s', async (_, text, says) => {
    const { status, score, message } = await firstMessage(text);
    expect(message).toMatch(says);
    expect(message).not.toMatch(/node:internal|main\.mjs|\n/);
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

  test('a file that is a link or a folder is not read', async () => {
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
  test.each([
    ['endless loop in pick', roundRobin({ pick: 'for (;;);' }), 'timeout', /no answer within/],
    ['endless loop on loading', roundRobin({ top: 'for (;;);' }), 'timeout', /no answer within/],
    [
      'endless microtasks',
      `const f = () => Promise.resolve().then(f);\nawait f();\n${roundRobin({})}`,
      'timeout',
      /no answer within|more than \d+ MiB/,
    ],
    [
      'a huge heap',
      roundRobin({ pick: 'const a = []; for (;;) a.push({ a });' }),
      'error',
      // On a busy machine the time may be over before the memory is.
      /more than \d+ MiB|no answer within/,
    ],
    [
      'huge buffers',
      roundRobin({ pick: 'const a = []; for (;;) a.push(new Uint8Array(1 << 24).fill(1));' }),
      'error',
      /more than \d+ MiB|ended/,
    ],
    ['process.exit', roundRobin({ pick: 'process.exit(0);' }), 'error', /process is not defined/],
    [
      'a forged answer on standard output',
      roundRobin({
        top: 'console.log(JSON.stringify({ ok: true }), "pass 10/10");',
        pick: 'return undefined;',
      }),
      'fail',
      /got undefined/,
    ],
    [
      'code from strings',
      roundRobin({ pick: 'new Function("return 1")();' }),
      'error',
      /EvalError/,
    ],
    [
      'replacing Array.prototype.map',
      roundRobin({ top: 'Array.prototype.map = () => [];' }),
      'error',
      /read only|built-in/,
    ],
    ['replacing Math.random', roundRobin({ top: 'Math.random = () => 0;' }), 'error', /read only/],
    [
      'replacing JSON.stringify',
      roundRobin({ top: 'JSON.stringify = () => "{}";' }),
      'error',
      /read only/,
    ],
    [
      'replacing a global',
      roundRobin({ top: '(globalThis as any).Math = {};' }),
      'error',
      /read only/,
    ],
    [
      'a deep recursion',
      roundRobin({ pick: 'const f = (): void => f(); f();' }),
      'fail',
      /Maximum call stack/,
    ],
    [
      'an answer that is too long',
      roundRobin({ pick: 'throw new Error("x".repeat(1e7));' }),
      'fail',
      /Error: xxx/,
    ],
  ])('%s', async (_, text, status, says) => {
    const { tests, score, maxScore } = await gradeText(FIRST, text, 'turns');
    const bad = tests.find((t) => t.status !== 'pass');
    expect(bad?.message).toMatch(says);
    if (status !== 'fail') expect(['error', 'timeout', 'fail']).toContain(bad?.status);
    expect(score).toBeLessThan(maxScore);
  });

  test('finds no way to the outside', async () => {
    const names = [
      'process',
      'require',
      'fetch',
      'setTimeout',
      'Worker',
      'WebSocket',
      'Buffer',
      'global',
      'navigator',
      'WebAssembly',
    ];
    const looks = names.map((name) => `typeof ${name} !== 'undefined' && '${name}'`).join(', ');
    const { tests } = await gradeText(
      FIRST,
      roundRobin({
        pick: `const found = [${looks}].filter(Boolean); if (found.length > 0) throw new Error(found.join());`,
      }),
      'turns',
    );
    expect(tests.map(({ message }) => message)).toEqual(['']);
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

  test('leaves no file and no process behind', async () => {
    const { score } = await gradeText(
      FIRST,
      roundRobin({ top: 'const p: any = (globalThis as any).process;\np.kill(p.ppid);' }),
    );
    expect(score).toBe(0);
    expect(existsSync('/tmp/evenkeel-owned')).toBe(false);
  });
});
