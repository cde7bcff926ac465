import { histogramOf } from '@evenkeel/core/stats';
import { accountedFor, latencyOf } from '@evenkeel/report';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { ENDINGS, endingCode } from '../load/job.ts';
import { account } from './accounting.ts';
import { countRequests, fateOf, type Outcome, outcomesOf } from './fate.ts';
import { nearestRank } from './latency.ts';
import { voidReason } from './void.ts';
import { timelineOf, timeToSteadyMs, WINDOW_MS } from './windows.ts';

const outcome = (atMs: number, more: Partial<Outcome> = {}): Outcome => ({
  id: `r${atMs}`,
  post: false,
  atMs,
  latenessMs: 0,
  latencyMs: 10,
  fate: 'ok',
  backend: 'a',
  ...more,
});

/** Ten requests per window of 500 ms; those within a bad span fail. */
function timeline(durationMs: number, bad: readonly [number, number][]): Outcome[] {
  return Array.from({ length: durationMs / 50 }, (_, i) => {
    const atMs = i * 50;
    const fails = bad.some(([from, to]) => atMs >= from && atMs < to);
    return outcome(atMs, { fate: fails ? 'status5xx' : 'ok' });
  });
}

describe('fates', () => {
  it('an answer without a head is lost only while the subject was up', () => {
    expect([fateOf('closed', true), fateOf('silent', true)]).toEqual(['lost', 'lost']);
    expect([fateOf('closed', false), fateOf('silent', false)]).toEqual(['reset', 'timeout']);
    expect(fateOf('refused', true)).toBe('refused');
  });

  test.prop([fc.array(fc.constantFrom(...ENDINGS), { maxLength: 50 }), fc.boolean()])(
    'every request is counted once',
    (endings, up) => {
      const counts = countRequests(endings.map((e, i) => outcome(i, { fate: fateOf(e, up) })));
      expect(counts.sent).toBe(endings.length);
      expect(accountedFor(counts)).toBe(counts.sent);
    },
  );

  it('leaves the warm-up out, and counts latency from the intended time', () => {
    const job = {
      kind: 'open' as const,
      targets: [],
      atMs: Float64Array.of(50, 150),
      work: Float64Array.of(0, 0),
      post: Uint8Array.of(0, 1),
      key: ['', ''],
      idPrefix: 'x',
      timeoutMs: 1,
      bodyBytes: 0,
      maxInFlight: 1,
    };
    const samples = {
      startedEpochMs: 1_000,
      sentMs: Float64Array.of(51, 157),
      endedMs: Float64Array.of(60, 190),
      ending: Uint8Array.of(endingCode('ok'), endingCode('closed')),
      backend: Uint8Array.of(0, 0),
      backends: ['web'],
      loopLagP99Ms: 0,
      cpu: 0,
      cutShort: null,
    };
    const expected = {
      id: 'x1',
      post: true,
      atMs: 50,
      latenessMs: 7,
      latencyMs: 40,
      backend: 'web',
    };
    expect(outcomesOf(job, samples, 100, null)).toEqual([{ ...expected, fate: 'lost' }]);
    expect(outcomesOf(job, samples, 100, 1_100)).toEqual([{ ...expected, fate: 'reset' }]);
  });
});

describe('percentiles', () => {
  test.prop([fc.array(fc.double({ min: 0.01, max: 5000, noNaN: true }), { minLength: 1 })])(
    'nearest rank: the share p is no larger, and no smaller sample would do',
    (values) => {
      const sorted = values.sort((a, b) => a - b);
      const value = nearestRank(sorted, 0.9);
      expect(sorted.filter((v) => v <= value).length).toBeGreaterThanOrEqual(0.9 * sorted.length);
      expect(sorted.filter((v) => v < value).length).toBeLessThan(0.9 * sorted.length);
    },
  );

  it('are null where too few samples could say', () => {
    const few = Array.from({ length: 999 }, () => 5);
    expect(latencyOf(histogramOf(few)).p99).toBeNull();
    const enough = [...few, 5];
    expect(latencyOf(histogramOf(enough)).p99).toBeCloseTo(5, 1);
    expect(latencyOf(histogramOf([])).max).toBeNull();
  });
});

describe('windows', () => {
  it('hold every request of the run once', () => {
    const windows = timelineOf(timeline(3000, [[1000, 2000]]), 3000);
    expect(windows.map(({ n, errors }) => [n, errors])).toEqual([
      [10, 0],
      [10, 0],
      [10, 10],
      [10, 10],
      [10, 0],
      [10, 0],
    ]);
  });

  const objectives = { availability: 1, p99Ms: 100 };
  it('steady again: from the first of four good windows on end', () => {
    const outcomes = timeline(6000, [
      [1000, 1500],
      [2000, 2500],
    ]);
    expect(timeToSteadyMs(outcomes, objectives, 1000, 6000)).toBe(1500);
    expect(timeToSteadyMs(outcomes, objectives, 1000, 4000)).toBeNull();
    expect(timeToSteadyMs(outcomes, objectives, 1000, 6000, 2500)).toBeNull();
    expect(timeToSteadyMs(outcomes, objectives, 1000, 6000, 1000 + 1500 + WINDOW_MS)).toBe(1500);
  });

  it('slow answers are as bad as failed ones', () => {
    const slow = timeline(4000, []).map((o) => (o.atMs < 1000 ? { ...o, latencyMs: 101 } : o));
    expect(timeToSteadyMs(slow, objectives, 0, 4000)).toBe(1000);
  });

  it('silence is no evidence of health', () => {
    expect(timeToSteadyMs([], objectives, 0, 4000)).toBeNull();
  });
});

describe('a void run', () => {
  const fine = { plannedRate: 100, achievedRate: 100, latenessP99Ms: 1, loopLagP99Ms: 1, cpu: 0.1 };
  const counts = countRequests([outcome(0)]);

  it.each([
    [{ achievedRate: 98.9 }, /sent 99\/s of 100\/s/],
    [{ latenessP99Ms: 2.1 }, /late/],
    [{ loopLagP99Ms: 10.1 }, /lagged/],
    [{ cpu: 0.81 }, /of a core/],
  ])('is one whose generator did not keep its word: %o', (change, reason) => {
    expect(voidReason({ ...fine, ...change }, counts, 20)).toMatch(reason);
  });

  it('is never one whose generator did, whatever came out', () => {
    expect(voidReason(fine, countRequests([outcome(0, { fate: 'lost' })]), null)).toBeNull();
  });

  it('may be late by a twentieth of the median', () => {
    expect(voidReason({ ...fine, latenessP99Ms: 4.9 }, counts, 100)).toBeNull();
    expect(voidReason({ ...fine, latenessP99Ms: 5.1 }, counts, 100)).not.toBeNull();
  });

  it('is one whose counts do not add up', () => {
    expect(voidReason(fine, { ...counts, sent: 2 }, 20)).toMatch(/accounted/);
  });
});

describe('accounting', () => {
  const entry = (backend: string, atMs: number): { backend: string; atMs: number } => ({
    backend,
    atMs,
  });
  const outcomes = [
    outcome(0, { id: 'plain' }),
    outcome(1, { id: 'retried' }),
    outcome(2, { id: 'doubled', post: true }),
    outcome(3, { id: 'invented' }),
    outcome(4, { id: 'dropped', fate: 'lost' }),
  ];
  const journal = new Map([
    ['plain', { method: 'GET', started: [entry('a', 1)], finished: [entry('a', 5)] }],
    [
      'retried',
      { method: 'GET', started: [entry('a', 2), entry('b', 3)], finished: [entry('b', 9)] },
    ],
    [
      'doubled',
      {
        method: 'POST',
        started: [entry('a', 3), entry('a', 4)],
        finished: [entry('a', 6), entry('a', 7)],
      },
    ],
    ['foreign', { method: 'GET', started: [entry('a', 1)], finished: [] }],
  ]);
  const result = account(outcomes, journal, ['a', 'b', 'idle']);

  it('tells attempts, retries, doubled and invented answers apart', () => {
    expect(result).toMatchObject({ attempts: 5, retries: 2 });
    expect(result.servedTwice).toEqual(['doubled']);
    expect(result.unfounded).toEqual(['invented']);
  });

  it('counts per backend, idle ones too, with the peak of what ran at once', () => {
    expect(result.backends).toEqual([
      { id: 'a', requests: 4, share: 0.8, peakInFlight: 3 },
      { id: 'b', requests: 1, share: 0.2, peakInFlight: 1 },
      { id: 'idle', requests: 0, share: 0, peakInFlight: 0 },
    ]);
  });
});
