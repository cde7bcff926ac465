import { describe, expect, test } from 'vitest';
import { failed } from '../test/support/fixtures.ts';
import { changedPolicies, type PolicySettings, policiesFrom } from './policies.ts';
import { seededRandom } from './random.ts';

const from = (settings: PolicySettings) => policiesFrom(settings, seededRandom(1));

/** Failures in a row until the detector speaks; 99 if it never does. */
function failuresUntilEjection(settings: PolicySettings): number {
  const { detector } = from(settings);
  for (let n = 1; n < 99; n++) if (detector?.record(0, true, n) !== undefined) return n;
  return 99;
}

describe('passive health', () => {
  test.each<[PolicySettings['passive'], number]>([
    [undefined, 5],
    [{}, 5],
    ['off', 99],
    [{ consecutiveFailures: 2 }, 2],
    [{ consecutiveFailures: 0 }, 99],
    [{ maxFails: 3 }, 3],
    [{ maxFails: 7 }, 7],
    [{ maxFails: 7, consecutiveFailures: 4 }, 4],
    [{ consecutiveFailures: 0, maxFails: 7 }, 7],
  ])('%j ejects after %i failures in a row', (passive, failures) => {
    expect(failuresUntilEjection({ passive })).toBe(failures);
  });

  test('judges by success rate only where asked to', () => {
    const rule = { intervalMs: 10, minHosts: 2, minRequests: 1, deviations: 0.5 };
    const asks = (passive: PolicySettings['passive']): boolean => {
      const { detector } = from({ passive });
      for (const slot of [0, 1]) detector?.record(slot, slot === 1, 0);
      return detector?.record(1, false, 10) !== undefined;
    };
    expect(asks({ successRate: rule })).toBe(true);
    expect(asks({})).toBe(false);
  });

  test('without a rule there is no detector; the terms of ejection are passed on', () => {
    expect(from({ passive: { consecutiveFailures: 0 } }).detector).toBeUndefined();
    expect(from({ passive: { ejection: { baseMs: 7 } } }).ejection).toEqual({ baseMs: 7 });
  });
});

describe('retries', () => {
  const after = (settings: PolicySettings, attempts: number): string | undefined => {
    const progress = { attempts, attemptsHere: attempts, endpointsTried: 1, sent: 0, endpoints: 4 };
    const refused = failed({ cause: 'refused', requestSent: false });
    return from(settings).retries?.after(refused, { hash: 0, idempotent: true }, progress).again;
  };

  test('three tries unless told otherwise; `off` is one; `classic` stays where it is', () => {
    expect([1, 2, 3].map((n) => after({}, n))).toEqual(['elsewhere', 'elsewhere', 'no']);
    expect(after({ retries: 'off' }, 1)).toBe('no');
    expect(after({ retries: { tries: 5 } }, 4)).toBe('elsewhere');
    expect(after({ retries: { classic: true } }, 1)).toBe('same');
  });

  test('the budget follows its settings', () => {
    const { budget } = from({ retries: { budget: { floorPerSecond: 0.1, ratio: 0 } } });
    expect([budget?.withdraw(0), budget?.withdraw(0)]).toEqual([true, false]);
  });
});

test('slow start is off unless asked for; queue and panic are passed on', () => {
  expect(from({})).toMatchObject({
    ...{ slowStart: undefined, panic: undefined, queueLength: undefined },
  });
  const policies = from({
    slowStart: { windowMs: 100 },
    panicPercent: 50,
    queue: { max: 7, timeoutMs: 9 },
  });
  expect(policies).toMatchObject({ queueLength: 7, queueTimeoutMs: 9 });
  expect([4, 5].map((ready) => policies.panic?.inPanic(ready, 10))).toEqual([true, false]);
  expect(policies.slowStart?.windowMs).toBe(100);
});

describe('of two settings', () => {
  const changed = (before: PolicySettings, after: PolicySettings): string[] =>
    Object.keys(changedPolicies(before, after, seededRandom(1))).sort();

  const all: PolicySettings = {
    health: { rise: 1 },
    passive: { consecutiveFailures: 2, successRate: { minHosts: 3 }, ejection: { baseMs: 7 } },
    retries: { tries: 2, on: ['connect'], budget: { ratio: 0.1 } },
    slowStart: { windowMs: 9 },
    panicPercent: 50,
    queue: { max: 3 },
  };

  test('that say the same nothing is changed', () => {
    expect(changed(all, structuredClone(all))).toEqual([]);
    expect(changed({}, { health: undefined })).toEqual([]);
  });

  test.each<[PolicySettings, string[]]>([
    [{ ...all, health: { rise: 2 } }, ['health']],
    [{ ...all, passive: { ...(all.passive as object), ejection: { baseMs: 8 } } }, ['ejection']],
    [{ ...all, passive: { ...(all.passive as object), maxFails: 8 } }, ['detector']],
    [{ ...all, passive: 'off' }, ['detector', 'ejection']],
    [{ ...all, retries: { ...(all.retries as object), tries: 3 } }, ['retries']],
    [{ ...all, retries: { ...(all.retries as object), on: [] } }, ['retries']],
    [{ ...all, retries: { ...(all.retries as object), budget: {} } }, ['budget']],
    [{ ...all, slowStart: undefined }, ['slowStart']],
    [{ ...all, panicPercent: undefined }, ['panic']],
    [{ ...all, queue: { max: 4 } }, ['queueLength', 'queueTimeoutMs']],
  ])('only what differs is changed: %j', (after, keys) => {
    expect(changed(all, after)).toEqual(keys);
  });

  test('what is left out again gets its default', () => {
    const change = changedPolicies(all, {}, seededRandom(1));
    expect(change).toMatchObject({ slowStart: undefined, panic: undefined });
    expect(change.detector).toBeDefined();
  });
});
