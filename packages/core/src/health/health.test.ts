import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { EjectionTerms } from './ejection.ts';
import { FAILURE_STATUSES } from './failure.ts';
import { anyOf, consecutiveFailures, maxFails, successRate } from './outlier.ts';
import { slowStart } from './slow-start.ts';

test('500 and 502 to 504 speak against an endpoint; what is about the request does not', () => {
  expect([...FAILURE_STATUSES]).toEqual([500, 502, 503, 504]);
});

describe('failures that may be the fault of one request', () => {
  const detectors = {
    'consecutive failures': () => consecutiveFailures(5),
    'failures within a time': () => maxFails(5, 60_000),
  };
  for (const [name, make] of Object.entries(detectors)) {
    describe(name, () => {
      test('answers to one and the same request do not eject among successes', () => {
        const detector = make();
        let nowMs = 0;
        for (let i = 0; i < 2000; i++) {
          nowMs += 20;
          // Ten failures in a row between successes, 200 ms apart.
          const failed = i % 11 !== 0;
          expect(detector.record(0, failed, nowMs, failed ? 77 : undefined)).toBeUndefined();
        }
      });

      test('they do after half a second without any success', () => {
        const detector = make();
        detector.record(0, false, 0);
        const verdicts = Array.from({ length: 60 }, (_, i) => detector.record(0, true, 10 * i, 77));
        expect(verdicts.findIndex((verdict) => verdict !== undefined)).toBe(50);
      });

      test('answers to two requests eject at the limit, whichever is the other one', () => {
        for (let other = 0; other < 5; other++) {
          const detector = make();
          detector.record(0, false, 0);
          const verdicts = [0, 1, 2, 3, 4].map((i) =>
            detector.record(0, true, i, i === other ? 78 : 77),
          );
          expect(verdicts.map((verdict) => verdict !== undefined)).toEqual([
            false,
            false,
            false,
            false,
            true,
          ]);
        }
      });

      test('one failure without an answer among them is enough', () => {
        const detector = make();
        detector.record(0, false, 0);
        for (let i = 0; i < 4; i++) expect(detector.record(0, true, i, 77)).toBeUndefined();
        expect(detector.record(0, true, 4)).toBeDefined();
      });

      test('an endpoint is not blamed for what its slot had before', () => {
        const detector = make();
        detector.record(0, true, 0, 76);
        detector.record(0, true, 0, 77);
        detector.forget(0);
        for (let i = 0; i < 20; i++) expect(detector.record(0, true, i, 77)).toBeUndefined();
      });
    });
  }
});

describe('consecutive failures', () => {
  propertyTest.prop([fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 1, max: 6 })])(
    'asks for an ejection exactly when the last n outcomes failed',
    (outcomes, limit) => {
      const detector = consecutiveFailures(limit);
      let run = 0;
      for (const failed of outcomes) {
        run = failed ? run + 1 : 0;
        const asked = detector.record(3, failed, 0) !== undefined;
        expect(asked).toBe(run === limit);
        if (asked) run = 0;
      }
    },
  );

  test('says how many', () => {
    expect(consecutiveFailures(1).record(0, true, 0)).toBe('1 consecutive failures');
  });

  test('a new owner of a slot starts afresh, and slots do not mix', () => {
    const detector = consecutiveFailures(2);
    detector.record(0, true, 0);
    expect(detector.record(1, true, 0)).toBeUndefined();
    detector.forget(0);
    expect(detector.record(0, true, 0)).toBeUndefined();
  });
});

describe('max fails', () => {
  test('failures too far apart do not add up', () => {
    const detector = maxFails(2, 1000);
    expect(detector.record(0, true, 0)).toBeUndefined();
    expect(detector.record(0, true, 1001)).toBeUndefined();
    expect(detector.record(0, true, 2001)).toContain('2 failures');
  });

  test('after its time out one failure is enough, and one success clears it', () => {
    const detector = maxFails(2, 1000);
    detector.record(0, true, 0);
    detector.record(0, true, 1);
    expect(detector.record(0, true, 5000)).toContain('2 failures');
    detector.record(0, false, 9000);
    expect(detector.record(0, true, 9001)).toBeUndefined();
  });
});

describe('success rate', () => {
  /** Rounds of 200 requests to each host, one of which fails with its own rate. */
  function outliers(rates: readonly number[], requests = 200): number[] {
    const detector = successRate();
    const random = seededRandom(5);
    const ejected = new Set<number>();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < requests; i++) {
        for (const [slot, rate] of rates.entries()) {
          const isFailed = random.next() < rate;
          if (detector.record(slot, isFailed, round * 10_000) !== undefined) ejected.add(slot);
        }
      }
    }
    return [...ejected];
  }

  test('finds the one that fails some requests where the others fail none', () => {
    expect(outliers([0, 0, 0, 0, 0, 0.3])).toEqual([5]);
  });

  test('ejects none for what all suffer', () => {
    expect(outliers([0.5, 0.5, 0.5, 0.5, 0.5, 0.5])).toEqual([]);
  });

  test('does not judge by fewer than 5 hosts or 100 requests', () => {
    expect(outliers([0, 0, 0, 0.9])).toEqual([]);
    expect(outliers([0, 0, 0, 0, 0, 0.9], 30)).toEqual([]);
  });
});

describe('a round of success rates', () => {
  const ROUND_MS = 10_000;

  /**
   * Lets each slot have its answers, good ones first, and tells which the next round ejects, and
   * why.
   */
  function blamed(
    answers: readonly { good: number; bad: number }[],
    options: Parameters<typeof successRate>[0] = {},
    detector = successRate(options),
  ): (string | undefined)[] {
    for (const [slot, { good, bad }] of answers.entries()) {
      for (let i = 0; i < good + bad; i++) detector.record(slot, i >= good, 0);
    }
    return answers.map((_, slot) => detector.record(slot, false, ROUND_MS));
  }

  const all = (n: number, good: number, bad: number) => new Array(n).fill({ good, bad });

  propertyTest.prop([
    fc.array(fc.record({ good: fc.nat(150), bad: fc.oneof(fc.constant(0), fc.nat(60)) }), {
      minLength: 1,
      maxLength: 9,
    }),
    fc.constantFrom(0.5, 1, 1.9),
  ])(
    'ejects an endpoint that is more than so many standard deviations below the mean',
    (answers, deviations) => {
      const told = blamed(answers, { deviations });
      const rates = answers.map(({ good, bad }) => (good + bad < 100 ? NaN : good / (good + bad)));
      const known = rates.filter((rate) => !Number.isNaN(rate));
      const n = known.length;
      const mean = known.reduce((a, b) => a + b, 0) / n;
      const deviation = Math.sqrt(
        Math.max(0, known.reduce((a, b) => a + b * b, 0) / n - mean * mean),
      );
      for (const [slot, rate] of rates.entries()) {
        const margin = mean - rate - deviations * deviation;
        if (Math.abs(margin) < 1e-6) continue;
        expect(told[slot] !== undefined).toBe(n >= 5 && margin > 0);
      }
    },
  );

  test('needs five endpoints with a hundred requests each, and no more', () => {
    const one = { good: 0, bad: 100 };
    const options = { deviations: 1 };
    expect(blamed([...all(4, 100, 0), one], options)[4]).toBeDefined();
    expect(blamed([...all(3, 100, 0), one], options)[3]).toBeUndefined();
    expect(blamed([...all(4, 100, 0), { good: 0, bad: 99 }], options)[4]).toBeUndefined();
  });

  test('ejects none where none fails', () => {
    expect(blamed(all(6, 120, 0))).toEqual(new Array(6).fill(undefined));
  });

  test('says how low the rate is, and what the fleet has', () => {
    expect(blamed([...all(9, 200, 0), { good: 100, bad: 100 }])[9]).toBe(
      'success rate 50.0 % where the fleet has 95.0 %',
    );
  });

  test('asks once, and begins the next round afresh', () => {
    const detector = successRate();
    expect(blamed([...all(9, 200, 0), { good: 0, bad: 200 }], {}, detector)[9]).toBeDefined();
    expect(detector.record(9, true, ROUND_MS)).toBeUndefined();
    expect(detector.record(9, true, 2 * ROUND_MS)).toBeUndefined();
  });

  test('does not eject a newcomer for what the one before it in its slot has done', () => {
    const bad = [...all(9, 200, 0), { good: 0, bad: 200 }];
    const judged = successRate();
    blamed(bad.slice(0, 9), {}, judged);
    for (let i = 0; i < 200; i++) judged.record(9, true, ROUND_MS);
    judged.forget(9);
    expect(judged.record(9, false, 2 * ROUND_MS)).toBeUndefined();
    const told = successRate();
    for (const [slot, { good, bad: failures }] of bad.entries()) {
      for (let i = 0; i < good + failures; i++) told.record(slot, i >= good, 0);
    }
    told.record(0, false, ROUND_MS);
    told.forget(9);
    expect(told.record(9, true, ROUND_MS)).toBeUndefined();
  });
});

test('any of several detectors can ask, and each hears everything', () => {
  const detector = anyOf(consecutiveFailures(3), maxFails(2, 1000));
  expect(detector.record(0, true, 0)).toBeUndefined();
  expect(detector.record(0, false, 0)).toBeUndefined();
  expect(detector.record(0, true, 0)).toContain('within 1000 ms');
  expect(detector.record(0, true, 0)).toBeDefined();
  detector.forget(0);
  expect(detector.record(0, true, 0)).toBeUndefined();
});

describe('terms of ejection', () => {
  propertyTest.prop([fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 100 })])(
    'at most the share may be out, and one always stays',
    (inService, maxPercent) => {
      const allowed = new EjectionTerms({ maxPercent }).allowed(inService);
      expect(allowed * 100).toBeLessThanOrEqual(inService * maxPercent);
      expect(allowed).toBeLessThanOrEqual(Math.max(0, inService - 1));
      expect(allowed).toBeGreaterThanOrEqual(0);
    },
  );

  test('each lasts longer, up to the cap, and one is forgotten per base time of good conduct', () => {
    const terms = new EjectionTerms({ baseMs: 30_000, maxMs: 300_000 });
    let nowMs = 0;
    const lengths = Array.from({ length: 12 }, () => {
      const untilMs = terms.eject(0, nowMs);
      const lengthMs = untilMs - nowMs;
      nowMs = untilMs;
      return lengthMs / 30_000;
    });
    expect(lengths).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10]);
    expect(terms.eject(0, nowMs + 10 * 30_000) - (nowMs + 10 * 30_000)).toBe(3 * 30_000);
  });
});

describe('the record of ejections', () => {
  test('counts good conduct from an early release on', () => {
    const terms = new EjectionTerms({ baseMs: 30_000 });
    terms.eject(0, 0);
    terms.release(0, 10_000);
    expect(terms.eject(0, 40_000)).toBe(70_000);
  });

  test('is not that of the next owner of the slot', () => {
    const terms = new EjectionTerms({ baseMs: 30_000 });
    terms.eject(0, 0);
    terms.eject(0, 30_000);
    terms.forget(0);
    expect(terms.untilMs(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(terms.eject(0, 90_000)).toBe(120_000);
  });
});

describe('slow start', () => {
  test('with aggression a the share is that to the power of 1/a, at least the minimum', () => {
    const ramp = slowStart({ aggression: 2, minFactor: 0.4 });
    expect(ramp.factor(15_000)).toBeCloseTo(0.5, 12);
    expect(ramp.factor(30_000)).toBeCloseTo(Math.SQRT1_2, 12);
    expect(ramp.factor(6000)).toBe(0.4);
  });

  test('is over at once in a window below its first second', () => {
    expect(slowStart({ windowMs: 500 }).factor(0)).toBe(1);
  });

  test.each([
    [0, 0.1],
    [6, 0.1],
    [15, 0.25],
    [30, 0.5],
    [45, 0.75],
    [60, 1],
    [600, 1],
  ])('after %i s of 60 an endpoint has a factor of %f', (seconds, factor) => {
    expect(slowStart().factor(seconds * 1000)).toBe(factor);
  });

  propertyTest.prop([
    fc.double({ min: 0.5, max: 4, noNaN: true }),
    fc.integer({ min: 0, max: 70_000 }),
  ])('never falls as time passes, and stays in (0, 1]', (aggression, sinceMs) => {
    const ramp = slowStart({ aggression });
    const [now, later] = [ramp.factor(sinceMs), ramp.factor(sinceMs + 500)];
    expect(now).toBeGreaterThan(0);
    expect(later).toBeGreaterThanOrEqual(now);
    expect(later).toBeLessThanOrEqual(1);
  });
});
