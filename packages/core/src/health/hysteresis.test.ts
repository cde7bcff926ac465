import { describe, expect, test } from 'vitest';
import type { FinishedProbe, Health } from './health-policy.ts';
import { type HysteresisOptions, hysteresis } from './hysteresis.ts';

const PASS: FinishedProbe = { ok: true, nowMs: 0, latencyMs: 1, trafficRefused: false };
const FAIL: FinishedProbe = { ...PASS, ok: false };
const REFUSED: FinishedProbe = { ...FAIL, refused: true };

/** What a judge says after these probes: its health, the next delay and the next timeout. */
function said(
  options: HysteresisOptions,
  initial: Health,
  ...probes: FinishedProbe[]
): [Health, number, number] {
  const judge = hysteresis(options)(initial);
  let health = initial;
  for (const probe of probes) health = judge.observe(probe);
  return [health, judge.nextDelayMs(), judge.timeoutMs()];
}

describe('hysteresis', () => {
  const options = { intervalMs: 5000, fastIntervalMs: 200, downIntervalMs: 800 };

  test.each([
    ['up and passing', 'up', [PASS], ['up', 5000, 2000]],
    ['up and failing', 'up', [PASS, FAIL], ['up', 200, 200]],
    ['up and failing, how long a pass takes unknown', 'up', [FAIL], ['up', 200, 2000]],
    ['not probed yet', 'checking', [], ['checking', 5000, 2000]],
    ['down and failing', 'down', [FAIL], ['down', 800, 2000]],
    ['down and passing', 'down', [PASS], ['down', 200, 2000]],
  ] as const)('%s: the health, the next delay and timeout', (_, initial, probes, expected) => {
    expect(said(options, initial, ...probes)).toEqual(expected);
  });

  test('a fast interval longer than the others is not waited for', () => {
    const slow = { intervalMs: 500, fastIntervalMs: 900, downIntervalMs: 700 };
    expect(said(slow, 'up', PASS, FAIL)).toEqual(['up', 500, 900]);
    expect(said(slow, 'down', PASS)).toEqual(['down', 700, 2000]);
  });

  test('a suspected endpoint gets twice the time that its passes took, within the timeout', () => {
    const passIn = (latencyMs: number): FinishedProbe => ({ ...PASS, latencyMs });
    const timeoutAfter = (...probes: FinishedProbe[]): number => said(options, 'up', ...probes)[2];
    expect(timeoutAfter(passIn(90), FAIL)).toBe(200);
    expect(timeoutAfter(passIn(150), FAIL)).toBe(300);
    expect(timeoutAfter(passIn(1500), FAIL)).toBe(2000);
    // One slow pass is remembered for some time, not for ever.
    expect(timeoutAfter(passIn(1500), passIn(1), FAIL)).toBe(2000);
    expect(timeoutAfter(passIn(1500), ...Array(20).fill(passIn(1)), FAIL)).toBe(200);
  });

  test('one lost probe does not take out an endpoint whose health page is slow', () => {
    const judge = hysteresis({ timeoutMs: 2000, fastIntervalMs: 1000, fall: 3 })('checking');
    const pageMs = 1500;
    const probe = (): Health => {
      const ok = pageMs <= judge.timeoutMs();
      return judge.observe({ ...PASS, ok, latencyMs: Math.min(pageMs, judge.timeoutMs()) });
    };
    expect(probe()).toBe('up');
    judge.observe(FAIL);
    for (let i = 0; i < 5; i++) expect(probe()).toBe('up');
  });

  test('the first probe decides', () => {
    expect(said({}, 'checking', PASS)[0]).toBe('up');
    expect(said({}, 'checking', FAIL)[0]).toBe('down');
  });

  test('an interleaved result resets the opposite count', () => {
    const judge = hysteresis({ rise: 2, fall: 3 })('up');
    const after = (...probes: FinishedProbe[]): Health | undefined =>
      probes.map((probe) => judge.observe(probe)).at(-1);
    expect(after(FAIL, FAIL, PASS, FAIL, FAIL)).toBe('up');
    expect(after(FAIL)).toBe('down');
    expect(after(PASS, FAIL, PASS)).toBe('down');
    expect(after(PASS)).toBe('up');
  });

  test('a refused probe decides where traffic was refused too, and only there', () => {
    expect(said({}, 'up', { ...REFUSED, trafficRefused: true })[0]).toBe('down');
    expect(said({}, 'up', REFUSED)[0]).toBe('up');
    expect(said({}, 'up', { ...FAIL, trafficRefused: true })[0]).toBe('up');
  });

  test('after a refused probe one pass is enough, after any other it takes `rise`', () => {
    expect(said({}, 'down', REFUSED, PASS)[0]).toBe('up');
    expect(said({}, 'down', REFUSED, FAIL, PASS)[0]).toBe('down');
  });

  test('each endpoint has a count of its own', () => {
    const policy = hysteresis({ fall: 2 });
    const [a, b] = [policy('up'), policy('up')];
    expect([a.observe(FAIL), b.observe(FAIL), a.observe(FAIL)]).toEqual(['up', 'up', 'down']);
  });
});
