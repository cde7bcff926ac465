/** The registry: names, descriptions, and one clear line for whatever is wrong. */

import { describe, expect, test } from 'vitest';
import { OptionError, strategies, strategyNamed, suggest } from '../../src/index.ts';
import { number, parseOptions } from '../../src/strategies/options.ts';

const NAMES = [
  'round-robin',
  'weighted-round-robin',
  'random',
  'weighted-random',
  'least-connections',
  'least-connections-indexed',
  'power-of-two',
  'peak-ewma',
  'least-response-time',
  'ip-hash',
  'header-hash',
  'cookie-hash',
  'ring-hash',
  'maglev',
  'bounded-hash',
  'sticky',
];

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(OptionError);
    expect((error as Error).name).toBe('OptionError');
    return (error as Error).message;
  }
  return 'no error';
}

describe('the registry', () => {
  test('has every strategy once, in a fixed order', () => {
    expect(strategies.map(({ name }) => name)).toEqual(NAMES);
  });

  test('describes each in one line that fits beside its name', () => {
    for (const { about } of strategies) {
      expect(about.length).toBeGreaterThan(20);
      expect(about.length).toBeLessThanOrEqual(100);
      expect(about).not.toContain('\n');
    }
  });

  test('knows where the routing key comes from', () => {
    const keys = strategies
      .filter(({ key }) => key !== undefined)
      .map(({ name, key }) => [name, key]);
    expect(keys).toEqual([
      ['ip-hash', 'ip'],
      ['header-hash', { header: 'x-user' }],
      ['cookie-hash', { cookie: 'session' }],
      ['ring-hash', 'ip'],
      ['maglev', 'ip'],
      ['bounded-hash', 'ip'],
    ]);
  });

  test.each(NAMES)('finds %s, which needs no options', (name) => {
    expect(strategyNamed(name).name).toBe(name);
    expect(typeof strategyNamed(name).create()).toBe('function');
    expect(typeof strategyNamed(name).create({})).toBe('function');
  });

  test('makes a fresh strategy each time', () => {
    const factory = strategyNamed('round-robin').create();
    expect(factory({} as never)).not.toBe(factory({} as never));
  });

  test('an unknown name is told in one line, with the one probably meant and all there are', () => {
    const known = `(known: ${NAMES.join(', ')})`;
    expect(messageOf(() => strategyNamed('lest-conections'))).toBe(
      `unknown strategy "lest-conections"; did you mean least-connections? ${known}`,
    );
    expect(messageOf(() => strategyNamed('zzz'))).toBe(`unknown strategy "zzz" ${known}`);
  });
});

describe('options', () => {
  test.each([
    [
      'ring-hash',
      { pointsPerWeight: 'x' },
      'option pointsPerWeight must be an integer from 1 to 1000, got "x"',
    ],
    [
      'ring-hash',
      { pointsPerWeight: 0 },
      'option pointsPerWeight must be an integer from 1 to 1000, got 0',
    ],
    [
      'ring-hash',
      { pointsPerWeight: 1001 },
      'option pointsPerWeight must be an integer from 1 to 1000, got 1001',
    ],
    [
      'ring-hash',
      { pointsPerWeight: 1.5 },
      'option pointsPerWeight must be an integer from 1 to 1000, got 1.5',
    ],
    [
      'ring-hash',
      { pointsPerWeight: null },
      'option pointsPerWeight must be an integer from 1 to 1000, got null',
    ],
    ['bounded-hash', { factor: 0.99 }, 'option factor must be a number from 1 to 100, got 0.99'],
    [
      'bounded-hash',
      { factor: Number.NaN },
      'option factor must be a number from 1 to 100, got NaN',
    ],
    ['bounded-hash', { factor: '2' }, 'option factor must be a number from 1 to 100, got "2"'],
    [
      'peak-ewma',
      { decayMs: 3_600_001 },
      'option decayMs must be a number from 1 to 3600000, got 3600001',
    ],
    [
      'peak-ewma',
      { decayMS: 5 },
      'unknown option "decayMS"; did you mean decayMs? (known: decayMs)',
    ],
    ['random', { seed: 1 }, 'unknown option "seed" (it has none)'],
    ['ip-hash', { key: 'ip' }, 'unknown option "key" (it has none)'],
    ['maglev', { toString: 1 }, 'unknown option "toString" (it has none)'],
  ])('%s refuses %j', (name, options, message) => {
    const create = (): unknown => strategyNamed(name).create(options);
    expect(messageOf(create)).toBe(`strategy ${name}: ${message}`);
  });

  test('a long value is cut: the message stays one line', () => {
    const message = messageOf(() =>
      strategyNamed('bounded-hash').create({ factor: 'x'.repeat(500) }),
    );
    expect(message.length).toBeLessThan(140);
    expect(message.endsWith('…')).toBe(true);
  });

  test('one of 60 characters, quotes included, is shown whole', () => {
    const factor = 'x'.repeat(58);
    const message = messageOf(() => strategyNamed('bounded-hash').create({ factor }));
    expect(message.endsWith(`got "${factor}"`)).toBe(true);
  });

  test('an option that is mistyped is answered with all that there are', () => {
    const specs = { alpha: number(1, 0, 9), beta: number(1, 0, 9) };
    expect(messageOf(() => parseOptions('mine', { gamma: 1 }, specs))).toBe(
      'strategy mine: unknown option "gamma" (known: alpha, beta)',
    );
  });

  test('what JSON has no words for is named by its kind', () => {
    const message = messageOf(() => strategyNamed('bounded-hash').create({ factor: () => 1 }));
    expect(message).toMatch(/got function$/);
  });

  test.each([
    ['ring-hash', { pointsPerWeight: 1 }],
    ['ring-hash', { pointsPerWeight: 1000 }],
    ['ring-hash', { pointsPerWeight: undefined }],
    ['bounded-hash', { factor: 1 }],
    ['bounded-hash', { factor: 100 }],
    ['peak-ewma', { decayMs: 1 }],
    ['peak-ewma', { decayMs: 3_600_000 }],
  ])('%s takes %j', (name, options) => {
    expect(messageOf(() => strategyNamed(name).create(options))).toBe('no error');
  });
});

describe('suggest', () => {
  test.each([
    ['roundrobin', 'round-robin'],
    ['Round_Robin', 'round-robin'],
    ['least_conn', 'least-connections'],
    ['leastconn', 'least-connections'],
    ['ewma', 'peak-ewma'],
    ['pwer-of-two', 'power-of-two'],
    ['magelv', 'maglev'],
    ['stikcy', 'sticky'],
    ['pe', 'peak-ewma'],
  ])('%s → %s', (name, meant) => {
    expect(suggest(name, NAMES)).toBe(meant);
  });

  test.each(['', '-', 'x', 'zzzzzz', 'peanut', 'q'.repeat(1_000_000)])(
    'nothing for %.20s',
    (name) => {
      expect(suggest(name, NAMES)).toBeUndefined();
    },
  );

  test('of several the nearest, and of equally near ones the first', () => {
    expect(suggest('abcdefh', ['abcxefg', 'abcdefg'])).toBe('abcdefg');
    expect(suggest('abcdef', ['abcdexy', 'zbcdef'])).toBe('zbcdef');
    expect(suggest('abcd', ['abce', 'abcf'])).toBe('abce');
  });

  test('letters that are too many count, in front as well', () => {
    expect(suggest('abcdefh', ['abcdefgzzzz'])).toBeUndefined();
    expect(suggest('abcdefh', ['zzzzabcdefg'])).toBeUndefined();
  });

  test('for names of up to 40 letters', () => {
    expect(suggest('a'.repeat(40), ['a'.repeat(42)])).toBe('a'.repeat(42));
    expect(suggest('a'.repeat(41), ['a'.repeat(42)])).toBeUndefined();
  });
});
