import { type RequestWindow, WINDOW_MS, Windows } from '@evenkeel/core/stats';
import { describe, expect, it } from 'vitest';
import type { FaultBand } from '../results.ts';
import { type JudgedRun, type JudgeOptions, judgeRun, overall } from './objectives.ts';
import { responseTimes, wasSteadyBefore } from './steady.ts';
import { isGood, type Objectives } from './windows.ts';

const OBJECTIVES: Objectives = { availability: 1, p99Ms: 100 };
const DURATION_MS = 6000;

/** Ten requests per window of 500 ms, cut from any moment on; those within a bad span fail. */
function windowsWith(
  bad: readonly (readonly [number, number])[],
  { durationMs = DURATION_MS, latencyMs = 10 } = {},
): (fromMs: number, endedByMs?: number) => RequestWindow[] {
  return (fromMs, endedByMs = Number.POSITIVE_INFINITY) => {
    const windows = new Windows(fromMs);
    for (let atMs = 0; atMs < durationMs; atMs += 50) {
      const fails = bad.some(([from, to]) => atMs >= from && atMs < to);
      if (atMs + latencyMs <= endedByMs) windows.ended(atMs, !fails, latencyMs);
    }
    return windows.list().filter(({ tMs }) => tMs + WINDOW_MS <= durationMs);
  };
}
const fault = (startMs: number, endMs: number | null): FaultBand => ({
  kind: 'kill',
  target: 'a',
  startMs,
  endMs,
});

describe('a window', () => {
  const [window] = windowsWith([], { latencyMs: 101 })(0);
  it('is good within availability and p99: slow answers are as bad as failed ones', () => {
    expect(isGood(window!, { p99Ms: 102 })).toBe(true);
    expect(isGood(window!, { p99Ms: 100 })).toBe(false);
    expect(isGood({ ...window!, ok: 9 }, { availability: 0.9 })).toBe(true);
    expect(isGood({ ...window!, ok: 9 }, { availability: 0.95 })).toBe(false);
  });

  it('without requests is no evidence of health', () => {
    expect(isGood({ ...window!, n: 0, ok: 0 }, {})).toBe(false);
  });
});

describe('detection and recovery', () => {
  const times = (faults: readonly FaultBand[], bad: readonly (readonly [number, number])[]) =>
    responseTimes(faults, OBJECTIVES, DURATION_MS, windowsWith(bad));

  it('count to the first of four good windows in a row', () => {
    const bad = [
      [1000, 1500],
      [2000, 2500],
    ] as const;
    expect(times([fault(1000, 4000)], bad)).toEqual({
      detectMs: 1500,
      recoverMs: 0,
      neverOut: false,
    });
    // The windows begin with the fault, wherever it begins.
    expect(times([fault(1100, 4000)], [[1100, 1300]])).toMatchObject({ detectMs: 500 });
  });

  it('detection ends with the fault, recovery with the run', () => {
    expect(times([fault(1000, 2400)], [[1000, 2000]]).detectMs).toBeNull();
    expect(times([fault(1000, 2500)], [[1000, 2000]]).detectMs).toBe(1000);
    expect(times([fault(1000, 2000)], [[1000, 4500]]).recoverMs).toBeNull();
    expect(times([fault(1000, null)], [[1000, 2000]])).toMatchObject({
      detectMs: 1000,
      recoverMs: null,
    });
  });

  it('say where no fault was ever felt, and only there', () => {
    expect(times([fault(1000, 2000)], [])).toMatchObject({ detectMs: 0, neverOut: true });
    expect(times([fault(1000, 5000)], [[3500, 4000]])).toMatchObject({
      detectMs: 0,
      neverOut: false,
    });
    expect(times([], [])).toEqual({ detectMs: null, recoverMs: null });
  });
});

describe('the state before a fault', () => {
  it('is judged by the requests that ended before it', () => {
    // Those in flight at 1,000 ms fail by the fault; they are no evidence against the calm.
    const windows = windowsWith([[900, 6000]], { latencyMs: 200 });
    const objectives = { availability: 1 };
    expect(wasSteadyBefore([fault(1000, 2000)], objectives, DURATION_MS, windows)).toBe(true);
    const ill = windowsWith([[300, 400]], { latencyMs: 200 });
    expect(wasSteadyBefore([fault(1000, 2000)], objectives, DURATION_MS, ill)).toBe(false);
  });

  it('is steady where there was no time to look, and where there was no fault', () => {
    const ill = windowsWith([[0, 6000]]);
    expect(wasSteadyBefore([fault(400, 500)], {}, DURATION_MS, ill)).toBe(true);
    expect(wasSteadyBefore([], {}, DURATION_MS, ill)).toBe(true);
  });
});

describe('objectives', () => {
  const errors = {
    refused: 0,
    reset: 0,
    timeout: 0,
    truncated: 0,
    status4xx: 0,
    status5xx: 10,
    other: 0,
  };
  const run: JudgedRun = {
    valid: true,
    requests: { sent: 1000, ok: 990, errors, lost: 0 },
    attempts: 1100,
    faults: [fault(1000, 2500)],
    detectMs: 1000,
    recoverMs: 500,
    latencyMs: { p99: 100 },
  };
  const violations = { servedTwice: 0, unfounded: 0, toKnownDead: 0 };
  const verdicts = (
    change: Partial<JudgedRun>,
    objectives: Objectives,
    options: Partial<JudgeOptions> = {},
  ): Record<string, string> => {
    const all = { durationMs: DURATION_MS, ...options };
    return Object.fromEntries(
      judgeRun({ ...run, ...change }, objectives, all).map((one) => [one.name, one.verdict]),
    );
  };

  it('are judged by their limits, and what cannot be known is unknown', () => {
    const limits = {
      availability: 0.99,
      p99Ms: 99,
      recoverMs: 500,
      detectMs: 999,
      amplification: 1.1,
    };
    expect(verdicts({}, limits, { violations: { ...violations, unfounded: null } })).toEqual({
      availability: 'pass',
      p99Ms: 'fail',
      recoverMs: 'pass',
      detectMs: 'fail',
      amplification: 'pass',
      lost: 'pass',
      servedTwice: 'pass',
      unfounded: 'unknown',
      toKnownDead: 'pass',
    });
    expect(verdicts({ latencyMs: { p99: null } }, { p99Ms: 1 }).p99Ms).toBe('unknown');
    expect(verdicts({}, {})).toEqual({});
  });

  it('a fault that was not noticed fails only where it lasted longer than the limit', () => {
    const unnoticed = { detectMs: null };
    const lasting = (ms: number) => ({ ...unnoticed, faults: [fault(1000, 1000 + ms)] });
    expect(verdicts(lasting(1000), { detectMs: 3000 }).detectMs).toBe('unknown');
    expect(verdicts(lasting(3500), { detectMs: 3000 }).detectMs).toBe('fail');
  });

  it('a recovery that did not come fails only where there was time for it', () => {
    const never = { recoverMs: null };
    expect(verdicts(never, { recoverMs: 1500 }).recoverMs).toBe('fail');
    expect(verdicts(never, { recoverMs: 1600 }).recoverMs).toBe('unknown');
  });

  it('of time are unknown in a void run, and those of counts are not', () => {
    const limits = { availability: 1, p99Ms: 1000, recoverMs: 1000, amplification: 1 };
    const late = { valid: false };
    expect(verdicts(late, limits, { violations })).toMatchObject({
      availability: 'fail',
      amplification: 'fail',
      p99Ms: 'unknown',
      recoverMs: 'unknown',
      lost: 'pass',
    });
    const none = verdicts(late, limits, { violations, countsHold: false });
    expect(new Set(Object.values(none))).toEqual(new Set(['unknown']));
  });

  it('attempts that may have been more can fail, but never pass', () => {
    const hidden = { attemptsAtLeast: true };
    expect(verdicts(hidden, { amplification: 2 }).amplification).toBe('unknown');
    expect(verdicts(hidden, { amplification: 1 }).amplification).toBe('fail');
    const [objective] = judgeRun({ ...run, ...hidden }, { amplification: 2 }, { durationMs: 1 });
    expect(objective?.note).toBe('at least');
  });

  it('say where no POST was sent, so that none could be served twice', () => {
    const judged = judgeRun({ ...run, posts: 0 }, {}, { durationMs: 1, violations });
    expect(judged.find(({ name }) => name === 'servedTwice')?.note).toBe('no POST was sent');
  });

  it('one failure fails all, and one unknown leaves the rest unknown', () => {
    expect(overall(['pass', 'unknown', 'fail'])).toBe('fail');
    expect(overall(['pass', 'unknown'])).toBe('unknown');
    expect(overall(['pass', 'pass'])).toBe('pass');
    expect(overall([])).toBe('unknown');
  });
});
