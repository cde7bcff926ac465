/** Submissions that cannot be used, and hostile ones: what each is, and what its author is told. */

/** A correct round robin with something in it. */
export function roundRobin(at: { top?: string; create?: string; pick?: string }): string {
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

type Submission = readonly [what: string, text: string, says: RegExp];

/** What cannot be loaded, or breaks the contract. */
export const UNUSABLE: readonly Submission[] = [
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
];

/** What wants more than to pick. */
export const HOSTILE: readonly Submission[] = [
  ['endless loop in pick', roundRobin({ pick: 'for (;;);' }), /no answer within/],
  ['endless loop on loading', roundRobin({ top: 'for (;;);' }), /no answer within/],
  [
    'endless microtasks',
    `const f = () => Promise.resolve().then(f);\nawait f();\n${roundRobin({})}`,
    /no answer within|more than \d+ MiB/,
  ],
  [
    'a huge heap',
    roundRobin({ pick: 'const a = []; for (;;) a.push({ a });' }),
    // On a busy machine the time may be over before the memory is.
    /more than \d+ MiB|no answer within/,
  ],
  [
    'huge buffers',
    roundRobin({ pick: 'const a = []; for (;;) a.push(new Uint8Array(1 << 24).fill(1));' }),
    /more than \d+ MiB|ended/,
  ],
  ['process.exit', roundRobin({ pick: 'process.exit(0);' }), /process is not defined/],
  [
    'a forged answer on standard output',
    roundRobin({
      top: 'console.log(JSON.stringify({ ok: true }), "pass 10/10");',
      pick: 'return undefined;',
    }),
    /got undefined/,
  ],
  ['code from strings', roundRobin({ pick: 'new Function("return 1")();' }), /EvalError/],
  [
    'replacing Array.prototype.map',
    roundRobin({ top: 'Array.prototype.map = () => [];' }),
    /read only|built-in/,
  ],
  ['replacing Math.random', roundRobin({ top: 'Math.random = () => 0;' }), /read only/],
  ['replacing JSON.stringify', roundRobin({ top: 'JSON.stringify = () => "{}";' }), /read only/],
  ['replacing a global', roundRobin({ top: '(globalThis as any).Math = {};' }), /read only/],
  [
    'a deep recursion',
    roundRobin({ pick: 'const f = (): void => f(); f();' }),
    /Maximum call stack/,
  ],
  ['a text that crashes parsers', `export default ${'!'.repeat(60_000)}1;`, /nested too deeply/],
  [
    'giant output',
    roundRobin({ pick: "for (;;) console.log('x'.repeat(1e5));" }),
    /no answer within|more than \d+ MiB/,
  ],
  [
    'commands to a terminal',
    roundRobin({ pick: "throw new Error('\\x1b[2Jpass 10/10\\u202e\\r');" }),
    /Error: +\[2Jpass 10\/10 +\(exercise\.ts:7\)/,
  ],
  [
    'an answer that becomes another one',
    roundRobin({
      pick: 'return { id: candidates[0].id, toJSON: () => 0, valueOf: () => 0 } as never;',
    }),
    /got an object with id "e0"/,
  ],
  [
    'the globals of an error of Node',
    roundRobin({
      pick: "try { structuredClone(() => {}); } catch (e: any) { e.constructor.constructor('return process')(); }",
    }),
    /EvalError|Code generation/,
  ],
  [
    'memory of WebAssembly',
    roundRobin({ pick: 'new WebAssembly.Memory({ initial: 65536 });' }),
    /WebAssembly is not defined/,
  ],
  [
    'a thread',
    roundRobin({ pick: "new Worker('data:text/javascript,for(;;);');" }),
    /Worker is not defined/,
  ],
  [
    'a sleep',
    roundRobin({ pick: 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);' }),
    /no answer within/,
  ],
  [
    'a search that never ends',
    roundRobin({ pick: `/^(a+)+$/.test('a'.repeat(50) + 'b');` }),
    /no answer within/,
  ],
  [
    'an import by a name that is computed',
    roundRobin({
      pick: "const name = ['node', 'fs'].join(':');\n import(name).then((fs) => fs.writeFileSync('/tmp/owned', '')); return undefined;",
    }),
    /got undefined/,
  ],
  [
    'an answer that is too long',
    roundRobin({ pick: 'throw new Error("x".repeat(1e7));' }),
    /Error: xxx/,
  ],
];
