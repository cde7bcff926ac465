/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file. */
/** Whatever a file holds, reading it ends soon: in a configuration, or in lines that say what is wrong. */

import { parseYaml } from '@evenkeel/config';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { strategyTable } from '../strategies.ts';
import { ConfigError } from './error.ts';
import { parseConfig } from './parse.ts';
import { resolveConfig } from './resolve.ts';

/** Reads, checks and resolves a text as a reload does. @returns the lines about it, none if it can be used */
function linesAbout(text: string): readonly string[] {
  const read = parseYaml(text, {});
  if (!('locate' in read)) return read.map(({ message }) => message);
  try {
    resolveConfig(
      parseConfig(read.value, (path) => read.locate(path) ?? ''),
      strategyTable(),
    );
    return [];
  } catch (error) {
    // Anything else would end the process.
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

const FILE_BYTES = 1_048_000;
const filling = (text: string): string => text.repeat(Math.floor(FILE_BYTES / text.length));

test.for([
  ['a list that contains itself', 'backends: &a [ *a ]'],
  ['a mapping that contains itself', 'services: &a { b: *a }'],
  ['options that contain themselves', 'strategy: &a { name: random, options: { x: *a } }'],
  ['an alias without its anchor', 'backends: *nothing'],
  ['a merge', 'retries: { <<: { tries: 1 } }'],
  [
    'a billion laughs',
    `a: &a [1,1]\n${'bcdefghijklmnop'
      .split('')
      .map(
        (c, i) =>
          `${c}: &${c} [${'*'
            .concat('abcdefghijklmno'[i] ?? '')
            .concat(',')
            .repeat(10)}]`,
      )
      .join('\n')}`,
  ],
  ['keys that are no names', '{[1]: 2}'],
  ['keys of keys of keys', '? '.repeat(300)],
  ['a binary', 'accessLog: !!binary aGVsbG8='],
  ['an unknown tag', 'accessLog: !js/function x'],
  ['the prototype', 'services: { __proto__: { backends: [] } }'],
  ['two documents', 'mode: http\n---\nmode: http'],
  ['a scalar', '5'],
  ['deep flow', filling('[')],
  ['deep mappings', filling('{a: ')],
  ['deep lists', filling('- ')],
  ['deep blocks', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ['brackets that do not match', filling('[}')],
  ['unknown keys', Array.from({ length: 40_000 }, (_, i) => `key${i}: ${i}`).join('\n')],
  [
    'unknown keys, more than a file may have',
    Array.from({ length: 90_000 }, (_, i) => `k${i}: `).join('\n'),
  ],
  ['many small lists', filling('- []\n')],
  ['many anchors', filling('- &a x\n')],
  ['many mistakes', filling('a: b: ')],
  ['controls', '\u0000\u0001\u001f: \u007f'],
] as const)('%s: refused in lines', ([, text]) => {
  const lines = linesAbout(text);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.length).toBeLessThanOrEqual(20);
  for (const line of lines) expect(line).not.toContain('\n');
});

test('aliases are read', () => {
  const text = 'health: &h { rise: 3 }\nbackends: ["http://a:1"]\n';
  expect(linesAbout(`${text}services: { a: { backends: ["http://b:1"], health: *h } }`)).toEqual([
    expect.stringContaining('must be left out'),
  ]);
});

test('work grows as the text does', () => {
  // Ten times the keys may cost far more than ten times; a quadratic reader needs a hundred times.
  // CPU time of this process: how busy the machine is does not count.
  const cpuMicrosFor = (keys: number): number => {
    const text = Array.from({ length: keys }, (_, i) => `key${i}: ${i}`).join('\n');
    const before = process.cpuUsage();
    linesAbout(text);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  cpuMicrosFor(1000);
  const small = Math.min(...Array.from({ length: 5 }, () => cpuMicrosFor(4000)));
  const large = Math.min(...Array.from({ length: 3 }, () => cpuMicrosFor(40_000)));
  expect(large / small).toBeLessThan(60);
});

const scalar = fc.oneof(
  fc.constantFrom(
    'off',
    '*a',
    '*b',
    '~',
    '',
    '0x10',
    '1e400',
    '.inf',
    '-.nan',
    '2001-01-01',
    '!!str 5',
    '"\\u0000"',
    '${HOME}',
    '<<',
    '[]',
    '{}',
    'true',
    'http://a:1',
    '30s',
    '10MB',
  ),
  fc.string(),
  fc.integer().map(String),
);
const key = fc.constantFrom(
  'backends',
  'services',
  'strategy',
  'health',
  'retries',
  'passive',
  'listen',
  'admin',
  'accessLog',
  'routes',
  'name',
  'options',
  'url',
  'port',
  'a',
  '<<',
  '__proto__',
  'constructor',
  'toString',
  '? x',
  '"b"',
);
const node = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, scalar, tie('list'), tie('mapping'), tie('anchored')),
  list: fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
  mapping: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 5 })
    .map((pairs) => `{${pairs.map(([name, value]) => `${name}: ${value}`).join(', ')}}`),
  anchored: fc
    .tuple(fc.constantFrom('a', 'b'), tie('value'))
    .map(([name, value]) => `&${name} ${value}`),
})).value as fc.Arbitrary<string>;
const document = fc
  .array(fc.tuple(key, node), { maxLength: 6 })
  .map((pairs) => pairs.map(([name, value]) => `${name}: ${value}`).join('\n'));

property.prop([fc.oneof(document, node, fc.string())], { numRuns: 500 })(
  'generated YAML ends in lines or in a configuration',
  (text) => {
    for (const line of linesAbout(text)) expect(line).not.toContain('\n');
  },
);
