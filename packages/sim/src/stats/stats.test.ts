import { exponential, seededRandom } from '@evenkeel/core';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { BatchMeans } from './batch-means.ts';
import { jainIndex, maxOverMean } from './fairness.ts';
import { RunHash } from './run-hash.ts';

describe('BatchMeans', () => {
  it('needs at least forty values, and then always has an interval', () => {
    const means = new BatchMeans();
    for (let i = 0; i < 39; i++) means.record(i);
    expect(means.interval()).toBeUndefined();
    for (let i = 39; i < 5000; i++) {
      means.record(i % 7);
      expect(means.interval()).toBeDefined();
    }
  });

  it('covers the mean of independent values about 95 times in 100', () => {
    let covered = 0;
    for (let seed = 0; seed < 400; seed++) {
      const random = seededRandom(seed);
      const means = new BatchMeans();
      for (let i = 0; i < 2000; i++) means.record(exponential(1).sampleAt(random.next()));
      const [low, high] = means.interval()!;
      if (low <= 1 && 1 <= high) covered++;
    }
    // 380 expected, standard deviation 4.4.
    expect(covered).toBeGreaterThan(360);
    expect(covered).toBeLessThan(398);
  });

  it('is wider for values that depend on each other than their plain standard error', () => {
    const random = seededRandom(1);
    const means = new BatchMeans();
    let value = 0;
    let squares = 0;
    const n = 100_000;
    for (let i = 0; i < n; i++) {
      value = 0.99 * value + random.next() - 0.5;
      squares += value * value;
      means.record(value);
    }
    const [low, high] = means.interval()!;
    const naive = 2 * 1.96 * Math.sqrt(squares / n / n);
    expect((high - low) / naive).toBeGreaterThan(5);
  });
});

describe('fairness', () => {
  const shares = fc
    .array(fc.integer({ min: 0, max: 1000 }), { minLength: 1 })
    .filter((s) => s.some((x) => x > 0));

  test.prop([shares])('lies between 1/n and 1, and is 1 exactly where all are equal', (list) => {
    const jain = jainIndex(list);
    expect(jain).toBeGreaterThanOrEqual(1 / list.length - 1e-12);
    expect(jain).toBeLessThanOrEqual(1 + 1e-12);
    const areEqual = list.every((share) => share === list[0]);
    expect(Math.abs(jain - 1) < 1e-12).toBe(areEqual);
    expect(maxOverMean(list) === 1).toBe(areEqual);
  });
});

describe('RunHash', () => {
  const events = fc.array(
    fc.tuple(fc.integer({ min: -20, max: 1000 }), fc.double({ min: 0, max: 1e15, noNaN: true })),
    {
      minLength: 2,
      maxLength: 20,
    },
  );
  const digest = (list: readonly (readonly [number, number])[]): string => {
    const hash = new RunHash();
    for (const [what, at] of list) hash.add(what, at);
    return hash.digest();
  };

  test.prop([events, fc.nat(19)])(
    'another event, another time or another order is another hash',
    (list, at) => {
      const i = at % list.length;
      const [what, time] = list[i]!;
      expect(digest(list.with(i, [what + 1, time]))).not.toBe(digest(list));
      expect(digest(list.with(i, [what, time + 1 + time]))).not.toBe(digest(list));
      const reversed = list.toReversed();
      const isSame = JSON.stringify(reversed) === JSON.stringify(list);
      expect(digest(reversed) === digest(list)).toBe(isSame);
    },
  );

  it('tells a time from its double and one, which have the same bits in other halves', () => {
    expect(digest([[0, 2999937413]])).not.toBe(digest([[0, 5999874827]]));
  });

  it('is the one recorded here, on every machine', () => {
    expect(
      digest([
        [1, 0.5],
        [-2, 1e9],
        [3, Math.PI],
      ]),
    ).toMatchInlineSnapshot(`"df8255ca3b2a8279"`);
  });
});
