/** The laws of token buckets, on a clock of the test's own. */

import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { RecentKeys } from './recent-keys.ts';
import { type BucketTerms, TokenBuckets } from './token-buckets.ts';

const terms = fc.record({
  count: fc.integer({ min: 1, max: 500 }),
  periodMs: fc.constantFrom(1, 70, 1000, 60_000),
  burst: fc.integer({ min: 1, max: 50 }),
  clients: fc.constant(1_000),
});
/** Requests: how long after the one before, and from which client. */
const requests = fc.array(
  fc.record({ afterMs: fc.nat({ max: 400 }), client: fc.nat({ max: 3 }) }),
  { minLength: 1, maxLength: 200 },
);

property.prop([terms, requests])(
  'a client is granted at most rate · t + burst, over any time',
  (limit, sent) => {
    let now = 5;
    const buckets = new TokenBuckets(limit, () => now);
    const granted: number[][] = [[], [], [], []];
    for (const { afterMs, client } of sent) {
      now += afterMs;
      if (buckets.take(String(client)).isGranted) granted[client]!.push(now);
    }
    for (const times of granted) {
      for (const [i, first] of times.entries()) {
        for (const [n, last] of times.slice(i).entries()) {
          const most = (limit.count / limit.periodMs) * (last - first) + limit.burst;
          expect(n + 1).toBeLessThanOrEqual(most + 1e-3);
        }
      }
    }
  },
);

property.prop([terms, requests])(
  'who is refused and comes back after nextMs is granted; who is told r has r',
  (limit, sent) => {
    let now = 0;
    const buckets = new TokenBuckets(limit, () => now);
    for (const { afterMs } of sent) {
      now += afterMs;
      const { isGranted, nextMs, remaining, fullMs } = buckets.take('one');
      expect(fullMs).toBeGreaterThanOrEqual(0);
      if (!isGranted) now += nextMs + 1e-6;
      for (let i = 0; i < (isGranted ? remaining : 1); i++) {
        expect(buckets.take('one').isGranted).toBe(true);
      }
    }
  },
);

property.prop([terms, terms])(
  'other terms hold at once, and give nothing back',
  (before, after) => {
    let now = 0;
    const buckets = new TokenBuckets(before, () => now);
    const takeAll = (): number => {
      let taken = 0;
      while (buckets.take('one').isGranted) taken++;
      return taken;
    };
    takeAll();
    buckets.change(after);
    // Nothing of the time that the old bucket needs to fill has passed.
    const owedTokens =
      ((before.burst * before.periodMs) / before.count) * (after.count / after.periodMs);
    expect(takeAll()).toBeLessThanOrEqual(Math.max(0, after.burst - owedTokens) + 1e-3);
    // However long the old bucket would have taken to fill, the new one is full after its own time.
    now += (after.burst * after.periodMs) / after.count;
    expect(takeAll()).toBe(after.burst);
  },
);

test('a million addresses are remembered in bounded memory, the latest of them', () => {
  const limit: BucketTerms = { count: 1, periodMs: 3_600_000, burst: 1, clients: 10_000 };
  const buckets = new TokenBuckets(limit, () => 0);
  let most = 0;
  for (let i = 0; i < 1_000_000; i++) {
    buckets.take(`address ${i}`);
    if (buckets.size > most) most = buckets.size;
  }
  expect(most).toBeLessThanOrEqual(10_000);
  for (let i = 999_999; i > 995_000; i--) {
    expect(buckets.take(`address ${i}`).isGranted).toBe(false);
  }
});

test('buckets that are full again are forgotten', () => {
  let now = 0;
  const limit: BucketTerms = { count: 10, periodMs: 1000, burst: 10, clients: 1000 };
  const buckets = new TokenBuckets(limit, () => now);
  for (let i = 0; i < 400; i++) buckets.take(String(i));
  for (let i = 0; i < 3; i++) {
    now += 1001;
    buckets.take('the only one');
  }
  expect(buckets.size).toBe(1);
});

property.prop([fc.integer({ min: 1, max: 9 }), fc.array(fc.nat({ max: 20 }))])(
  'recent keys: at most the limit, and always the half that was used last',
  (keysMax, keys) => {
    const recent = new RecentKeys<number>(keysMax);
    for (const [i, key] of keys.entries()) {
      recent.set(String(key), i);
      expect(recent.size).toBeLessThanOrEqual(keysMax);
      const used = [...new Set(keys.slice(0, i + 1).reverse())];
      for (const last of used.slice(0, Math.max(1, Math.floor(keysMax / 2)))) {
        expect(recent.get(String(last))).toBe(keys.lastIndexOf(last, i));
      }
    }
  },
);
