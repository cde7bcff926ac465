import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { TimelineWindow } from '../results.ts';
import { type Visit, withLoads } from './backend-load.ts';

const WINDOW_MS = 500;
const WINDOWS = 4;

const timeline = Array.from({ length: WINDOWS }, (_, i): TimelineWindow => {
  return { tMs: i * WINDOW_MS, n: 0, ok: 0, errors: 0, p50: null, p90: null, p99: null, max: null };
});
const counts = ['a', 'b'].map((id) => ({ id, requests: 0, share: 0, peakInFlight: null }));

function loadsOf(visits: readonly Visit[]) {
  return withLoads(counts, visits, timeline).map(({ load }) => load!);
}

const visit = fc
  .record({
    backend: fc.constantFrom('a', 'b'),
    arrivedMs: fc.integer({ min: -800, max: 2500 }),
    waitMs: fc.integer({ min: 0, max: 900 }),
    workMs: fc.integer({ min: 0, max: 900 }),
  })
  .map(({ backend, arrivedMs, waitMs, workMs }): Visit => {
    const startedMs = arrivedMs + waitMs;
    return { backend, arrivedMs, startedMs, endedMs: startedMs + workMs };
  });

describe('the load of a backend', () => {
  test('counts a visit where it arrives, and its time where it is spent', () => {
    const [a, b] = loadsOf([{ backend: 'a', arrivedMs: 250, startedMs: 500, endedMs: 1500 }]);
    expect(a).toEqual({
      requests: [1, 0, 0, 0],
      inFlight: [0.5, 1, 1, 0],
      queued: [0.5, 0, 0, 0],
    });
    expect(b).toEqual({ requests: [0, 0, 0, 0], inFlight: [0, 0, 0, 0], queued: [0, 0, 0, 0] });
  });

  test('holds what was in flight when the warm-up ended', () => {
    const [a] = loadsOf([{ backend: 'a', arrivedMs: -300, startedMs: -300, endedMs: 250 }]);
    expect(a).toMatchObject({ requests: [0, 0, 0, 0], inFlight: [0.5, 0, 0, 0] });
  });

  test('counts one that was turned away as arrived, and not as in flight', () => {
    const [a] = loadsOf([{ backend: 'a', arrivedMs: 600, startedMs: null, endedMs: null }]);
    expect(a).toMatchObject({ requests: [0, 1, 0, 0], inFlight: [0, 0, 0, 0] });
  });

  test('lets one that ended without work wait all of its time', () => {
    const [a] = loadsOf([{ backend: 'a', arrivedMs: 0, startedMs: null, endedMs: 500 }]);
    expect(a).toMatchObject({ inFlight: [1, 0, 0, 0], queued: [1, 0, 0, 0] });
  });

  test.prop([fc.array(visit, { maxLength: 30 })])(
    'adds up to all the time that was spent within the windows, and never waits more than it is there',
    (visits) => {
      const end = WINDOW_MS * WINDOWS;
      const within = (fromMs: number, toMs: number) =>
        Math.max(0, Math.min(toMs, end) - Math.max(fromMs, 0));
      const loads = loadsOf(visits);
      const sum = (figures: readonly number[]) => figures.reduce((total, one) => total + one, 0);
      const inFlightMs =
        loads.reduce((total, { inFlight }) => total + sum(inFlight), 0) * WINDOW_MS;
      const spentMs = sum(visits.map((one) => within(one.arrivedMs, one.endedMs ?? 0)));
      expect(Math.abs(inFlightMs - spentMs)).toBeLessThanOrEqual(0.005 * WINDOW_MS * 2 * WINDOWS);
      const arrived = visits.filter(({ arrivedMs }) => arrivedMs >= 0 && arrivedMs < end);
      expect(loads.reduce((total, { requests }) => total + sum(requests), 0)).toBe(arrived.length);
      for (const { inFlight, queued } of loads) {
        for (const [i, waiting] of queued.entries()) {
          expect(waiting).toBeLessThanOrEqual(inFlight[i]! + 0.011);
        }
      }
    },
  );

  test('is not told of a single window, whose length is not known', () => {
    expect(withLoads(counts, [], timeline.slice(1, 2))).toEqual(counts);
  });
});
