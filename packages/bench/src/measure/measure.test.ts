import { histogramOf } from '@evenkeel/core/stats';
import { accountedFor, latencyOf } from '@evenkeel/report';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { CLIENT_OUTCOMES, clientOutcomeCode } from '../load/job.ts';
import { account } from './accounting.ts';
import { nearestRank } from './latency.ts';
import {
  countRequests,
  type MeasuredRequest,
  measuredRequests,
  requestOutcomeOf,
  windowsOf,
} from './requests.ts';
import { voidReason } from './void.ts';

const outcome = (atMs: number, more: Partial<MeasuredRequest> = {}): MeasuredRequest => ({
  id: `r${atMs}`,
  post: false,
  atMs,
  latencyMs: 10,
  outcome: 'ok',
  backend: 'a',
  ...more,
});

/** Ten requests per window of 500 ms; those within a bad span fail. */
function timeline(durationMs: number, bad: readonly [number, number][]): MeasuredRequest[] {
  return Array.from({ length: durationMs / 50 }, (_, i) => {
    const atMs = i * 50;
    const fails = bad.some(([from, to]) => atMs >= from && atMs < to);
    return outcome(atMs, { outcome: fails ? 'status5xx' : 'ok' });
  });
}

describe('request outcomes', () => {
  it('an answer without a head is lost only while the subject was up', () => {
    expect([requestOutcomeOf('closed', true), requestOutcomeOf('silent', true)]).toEqual([
      'lost',
      'lost',
    ]);
    expect([requestOutcomeOf('closed', false), requestOutcomeOf('silent', false)]).toEqual([
      'reset',
      'timeout',
    ]);
    expect(requestOutcomeOf('refused', true)).toBe('refused');
  });

  test.prop([fc.array(fc.constantFrom(...CLIENT_OUTCOMES), { maxLength: 50 }), fc.boolean()])(
    'every request is counted once',
    (outcomes, up) => {
      const counts = countRequests(
        outcomes.map((e, i) => outcome(i, { outcome: requestOutcomeOf(e, up) })),
      );
      expect(counts.sent).toBe(outcomes.length);
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
      outcome: Uint8Array.of(clientOutcomeCode('ok'), clientOutcomeCode('closed')),
      backend: Uint8Array.of(0, 0),
      backends: ['web'],
      processes: [{ loopLagP99Ms: 0, cpu: 0 }],
      cutShort: null,
    };
    const expected = {
      id: 'x1',
      post: true,
      atMs: 50,
      latencyMs: 40,
      backend: 'web',
    };
    expect(measuredRequests(job, samples, 100, null)).toEqual([{ ...expected, outcome: 'lost' }]);
    expect(measuredRequests(job, samples, 100, 1_100)).toEqual([{ ...expected, outcome: 'reset' }]);
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
  it('hold every request of the run once, and are whole', () => {
    const measured = timeline(3200, [[1000, 2000]]);
    expect(windowsOf(measured, 0, 3200).map(({ n, errors }) => [n, errors])).toEqual([
      [10, 0],
      [10, 0],
      [10, 10],
      [10, 10],
      [10, 0],
      [10, 0],
    ]);
    expect(windowsOf(measured, 250, 1300).map(({ tMs, n }) => [tMs, n])).toEqual([
      [250, 10],
      [750, 10],
    ]);
  });

  it('can leave out what had not ended by a moment', () => {
    const slow = timeline(1000, []).map((one) => ({ ...one, latencyMs: 120 }));
    expect(windowsOf(slow, 0, 1000, 1000).map(({ n }) => n)).toEqual([10, 8]);
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
    expect(voidReason(fine, countRequests([outcome(0, { outcome: 'lost' })]), null)).toBeNull();
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
  const measured = [
    outcome(0, { id: 'plain' }),
    outcome(1, { id: 'retried' }),
    outcome(2, { id: 'doubled', post: true }),
    outcome(3, { id: 'invented' }),
    outcome(4, { id: 'dropped', outcome: 'lost' }),
    outcome(5, { id: 'turned away', outcome: 'status5xx' }),
  ];
  const journal = new Map([
    [
      'plain',
      {
        method: 'GET',
        arrived: [entry('a', 1)],
        started: [entry('a', 1)],
        finished: [entry('a', 5)],
      },
    ],
    [
      'retried',
      {
        method: 'GET',
        arrived: [entry('a', 2), entry('b', 3)],
        started: [entry('a', 2), entry('b', 3)],
        finished: [entry('b', 9)],
      },
    ],
    [
      'doubled',
      {
        method: 'POST',
        arrived: [entry('a', 3), entry('a', 4)],
        started: [entry('a', 3), entry('a', 4)],
        finished: [entry('a', 6), entry('a', 7)],
      },
    ],
    [
      'foreign',
      { method: 'GET', arrived: [entry('a', 1)], started: [entry('a', 1)], finished: [] },
    ],
    [
      'turned away',
      { method: 'GET', arrived: [entry('b', 5), entry('b', 6)], started: [], finished: [] },
    ],
  ]);
  const result = account(measured, journal, ['a', 'b', 'idle']);

  it('tells attempts, retries, doubled and invented answers apart', () => {
    expect(result).toMatchObject({ attempts: 7, retries: 3 });
    expect(result.servedTwice).toEqual(['doubled']);
    expect(result.unfounded).toEqual(['invented']);
  });

  it('counts per backend, idle ones too, with the peak of what ran at once', () => {
    expect(result.backends).toEqual([
      { id: 'a', requests: 4, share: 4 / 7, peakInFlight: 3 },
      { id: 'b', requests: 3, share: 3 / 7, peakInFlight: 1 },
      { id: 'idle', requests: 0, share: 0, peakInFlight: 0 },
    ]);
  });
});
