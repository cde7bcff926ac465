/** Errors come first: what a comparison says of an arm that does not answer everything. */

import { histogramOf } from '@evenkeel/core/stats';
import { encodeHistogram, latencyOf, type Run } from '@evenkeel/report';
import { describe, expect, it } from 'vitest';
import { runWith } from '../../test/support/synthetic.ts';
import { compareArms } from './compare.ts';

const SENT = 2_000;

/** A round in which `failed` requests got an error at once, and the others an answer about `ms`. */
function round(strategy: string, n: number, ms: number, failed: number): Run {
  const answers = Array.from({ length: SENT - failed }, (_, i) => ms * (1 + (i % 100) / 100));
  const histogram = histogramOf(answers.map((one) => one * (1 + n / 500)));
  const { errors } = runWith(strategy, n, 1).requests;
  return runWith(strategy, n, 1, {
    requests: { sent: SENT, ok: SENT - failed, errors: { ...errors, status5xx: failed }, lost: 0 },
    latencyMs: latencyOf(histogram),
    histogram: encodeHistogram(histogram),
  });
}

/** Six rounds of the reference and of an arm; how many of its requests fail may differ by round. */
function compare(
  arm: { readonly ms: number; readonly failed: (n: number) => number },
  reference: { readonly ms: number; readonly failed: (n: number) => number },
) {
  const runs = [1, 2, 3, 4, 5, 6].flatMap((n) => [
    round('ref', n, reference.ms, reference.failed(n)),
    round('arm', n, arm.ms, arm.failed(n)),
  ]);
  const arms = ['evenkeel/ref', 'evenkeel/arm'];
  const [comparison] = compareArms(runs, { scenario: 's', metric: 'p99', arms, margin: 0.05 });
  return comparison!;
}
const never = (): number => 0;

describe('an arm that does not answer everything', () => {
  it('is worse, however fast: one answer of four is an error', () => {
    const found = compare({ ms: 10, failed: () => SENT / 4 }, { ms: 20, failed: never });
    expect(found).toMatchObject({ verdict: 'b', answered: { a: 0.75, b: 1 } });
    // The p99 of all requests is among those that were never answered: no ratio stands for it.
    expect(found.ratio).toBeNull();
    expect(found.reason).toBe('by what was answered');
  });

  it('is worse also where the figure compared is among the answers', () => {
    // Half a per cent fails: the p99 of all requests is an answer, and twice as fast.
    const found = compare({ ms: 10, failed: () => SENT / 200 }, { ms: 20, failed: never });
    expect(found.ratio).toBeLessThan(0.6);
    expect(found.verdict).toBe('b');
  });

  it('makes the other one better, were it slower', () => {
    const found = compare({ ms: 20, failed: never }, { ms: 10, failed: () => SENT / 4 });
    expect(found.verdict).toBe('a');
  });

  it('is never better, were the difference a single request', () => {
    const found = compare({ ms: 10, failed: (n) => (n === 3 ? 1 : 0) }, { ms: 20, failed: never });
    expect(found).toMatchObject({ verdict: 'unresolved', reason: 'the faster one answered less' });
    const mirrored = compare(
      { ms: 20, failed: never },
      { ms: 10, failed: (n) => (n === 3 ? 1 : 0) },
    );
    expect(mirrored.verdict).toBe('unresolved');
  });

  it('is worse by latency too where it is slower, and equal where both fail alike', () => {
    const slower = compare({ ms: 30, failed: (n) => n % 2 }, { ms: 20, failed: never });
    expect(slower.verdict).toBe('b');
    const alike = compare({ ms: 10, failed: () => 4 }, { ms: 20, failed: () => 4 });
    expect(alike.verdict).toBe('a');
  });

  it('counts failures as the slowest: a p99 with one per cent of errors is not that of the answers', () => {
    const found = compare({ ms: 10, failed: () => 19 }, { ms: 10, failed: never });
    expect(found.ratio).toBeGreaterThan(1);
  });
});
