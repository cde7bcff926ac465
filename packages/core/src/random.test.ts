/** The seeded generator: one seed one stream, forks apart, uniform. */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { chiSquare, chiSquareLimit } from '../test/strategies/support.ts';
import type { Random } from './ports.ts';
import { fillUniform, seededRandom } from './random.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

function drawn(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.next());
}

describe('a seeded stream', () => {
  test.prop([seeds])('is the same for the same seed, and another for the next', (seed) => {
    expect(drawn(seededRandom(seed), 50)).toEqual(drawn(seededRandom(seed), 50));
    expect(drawn(seededRandom(seed), 50)).not.toEqual(drawn(seededRandom(seed + 1), 50));
  });

  test('has not changed: old seeds replay', () => {
    const random = seededRandom(42);
    expect([random.below(1_000), random.below(1_000), random.below(1_000)]).toEqual([261, 98, 607]);
    const fork = seededRandom(42).fork('a').fork('b');
    expect([fork.below(1_000), fork.below(1_000)]).toEqual([939, 319]);
  });

  test('takes its seed modulo 2^32', () => {
    expect(drawn(seededRandom(-1), 5)).toEqual(drawn(seededRandom(2 ** 32 - 1), 5));
    expect(drawn(seededRandom(2 ** 32 + 7), 5)).toEqual(drawn(seededRandom(7), 5));
  });

  test.prop([seeds])('stays in [0, 1)', (seed) => {
    for (const value of drawn(seededRandom(seed), 100)) {
      expect(value >= 0 && value < 1).toBe(true);
    }
  });

  test('is uniform, in its high bits and its low ones', () => {
    const random = seededRandom(1);
    const high = new Array<number>(64).fill(0);
    const low = new Array<number>(64).fill(0);
    for (let i = 0; i < 64_000; i++) {
      const bits = random.next() * 2 ** 32;
      high[Math.floor(bits / 2 ** 26)]! += 1;
      low[bits % 64]! += 1;
    }
    const expected = new Array<number>(64).fill(1_000);
    expect(chiSquare(high, expected)).toBeLessThan(chiSquareLimit(63));
    expect(chiSquare(low, expected)).toBeLessThan(chiSquareLimit(63));
  });

  test('neighbours in the stream, and streams of neighbouring seeds, are independent', () => {
    const serial = new Array<number>(64).fill(0);
    const across = new Array<number>(64).fill(0);
    for (let seed = 0; seed < 32_000; seed++) {
      const random = seededRandom(seed);
      const first = random.below(8);
      serial[first * 8 + random.below(8)]! += 1;
      across[first * 8 + seededRandom(seed + 1).below(8)]! += 1;
    }
    const expected = new Array<number>(64).fill(500);
    expect(chiSquare(serial, expected)).toBeLessThan(chiSquareLimit(63));
    expect(chiSquare(across, expected)).toBeLessThan(chiSquareLimit(63));
  });
});

describe('below', () => {
  test.prop([seeds, fc.integer({ min: 1, max: 2 ** 31 })])(
    'is an integer in [0, n), up to n = 2^31',
    (seed, n) => {
      const random = seededRandom(seed);
      for (let i = 0; i < 20; i++) {
        const value = random.below(n);
        expect(Number.isInteger(value) && value >= 0 && value < n).toBe(true);
      }
    },
  );

  test('reaches every value with the same probability', () => {
    for (const n of [1, 2, 3, 7, 10]) {
      const counts = new Array<number>(n).fill(0);
      const random = seededRandom(n);
      for (let i = 0; i < 2_000 * n; i++) counts[random.below(n)]! += 1;
      expect(Math.min(...counts)).toBeGreaterThan(0);
      const statistic = chiSquare(counts, new Array<number>(n).fill(2_000));
      expect(statistic).toBeLessThan(n === 1 ? 1e-9 : chiSquareLimit(n - 1));
    }
  });
});

describe('a fork', () => {
  test.prop([seeds, fc.string(), fc.nat(10)])(
    'depends on seed and name alone, not on what was drawn before',
    (seed, name, draws) => {
      const used = seededRandom(seed);
      drawn(used, draws);
      expect(drawn(used.fork(name), 10)).toEqual(drawn(seededRandom(seed).fork(name), 10));
    },
  );

  test.prop([seeds, fc.string()])('draws nothing from its parent', (seed, name) => {
    const random = seededRandom(seed);
    const fork = random.fork(name);
    drawn(fork, 5);
    expect(drawn(random, 10)).toEqual(drawn(seededRandom(seed), 10));
  });

  test.prop([seeds, fc.string(), fc.string()])(
    'has a stream of its own: parent, forks, and forks of forks all differ',
    (seed, a, b) => {
      fc.pre(a !== b && !a.includes('/') && !b.includes('/'));
      const random = seededRandom(seed);
      const streams = [random, random.fork(a), random.fork(b), random.fork(a).fork(b)];
      const firsts = streams.map((stream) => drawn(stream, 4).join());
      expect(new Set(firsts).size).toBe(4);
    },
  );

  test('is independent of its parent and of its siblings', () => {
    const withParent = new Array<number>(64).fill(0);
    const withSibling = new Array<number>(64).fill(0);
    for (let seed = 0; seed < 32_000; seed++) {
      const parent = seededRandom(seed);
      const fork = parent.fork('a').below(8);
      withParent[parent.below(8) * 8 + fork]! += 1;
      withSibling[parent.fork('b').below(8) * 8 + fork]! += 1;
    }
    const expected = new Array<number>(64).fill(500);
    expect(chiSquare(withParent, expected)).toBeLessThan(chiSquareLimit(63));
    expect(chiSquare(withSibling, expected)).toBeLessThan(chiSquareLimit(63));
  });
});

test('filled numbers are those of so many calls, and the stream goes on behind them', () => {
  for (const seed of [0, 1, 0xffff_ffff]) {
    const [one, other] = [seededRandom(seed).fork('x'), seededRandom(seed).fork('x')];
    const filled = new Float64Array(1000);
    fillUniform(one, filled);
    expect([...filled]).toEqual(Array.from({ length: 1000 }, () => other.next()));
    expect(one.next()).toBe(other.next());
    const foreign = { next: () => 0.25, below: () => 0, fork: () => foreign };
    fillUniform(foreign, filled);
    expect(new Set(filled)).toEqual(new Set([0.25]));
  }
});
