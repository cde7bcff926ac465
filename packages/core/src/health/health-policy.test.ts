/** Health policies from outside: what they are given, and what becomes of one that fails. */

import { describe, expect, test } from 'vitest';
import { watched } from '../../test/support/probed-fleet.ts';
import type { FinishedProbe, Health, HealthJudge, HealthPolicy } from './health-policy.ts';

const EVERY_SECOND = { nextDelayMs: (): number => 1000, timeoutMs: (): number => 500 };

/** A policy whose judges answer this, and otherwise probe every second. */
const judging = (observe: (probe: FinishedProbe) => Health, more = {}): HealthPolicy => {
  return () => ({ observe, ...EVERY_SECOND, ...more });
};

describe('a health policy from outside', () => {
  test('hears each probe with its time and latency, and decides by them', () => {
    const heard: FinishedProbe[] = [];
    const health = judging((probe) => {
      heard.push(probe);
      return probe.latencyMs > 100 ? 'down' : 'up';
    });
    const w = watched(['a', 'b'], {}, { health });
    w.clock.advance(50);
    expect(heard[0]).toEqual({ ok: true, nowMs: 1, latencyMs: 1, trafficRefused: false });
    expect([w.state('a'), w.state('b')]).toEqual(['ready', 'ready']);
    w.fleet.delayMs = 200;
    w.clock.advance(1500);
    expect([w.state('a'), w.state('b')]).toEqual(['down', 'down']);
  });

  test('is told of a probe without an answer when its time is over', () => {
    const heard: FinishedProbe[] = [];
    const health = judging((probe) => {
      heard.push(probe);
      return probe.ok ? 'up' : 'down';
    });
    const w = watched(['a', 'b'], {}, { health });
    w.fleet.answers.set('a', undefined);
    w.clock.advance(510);
    const timedOut = heard.find(({ ok }) => !ok);
    expect([timedOut?.nowMs, timedOut?.latencyMs, w.state('a')]).toEqual([500, 500, 'down']);
  });

  test('may find an endpoint up after a failed probe, also a newcomer', () => {
    const w = watched(['a', 'b'], {}, { health: judging(() => 'up') });
    w.fleet.answers.set('a', { ok: false });
    w.clock.advance(1500);
    expect([w.state('a'), w.state('b')]).toEqual(['ready', 'ready']);
  });

  test('that says `checking` leaves an endpoint as it is', () => {
    let said: Health = 'checking';
    const w = watched(['a', 'b'], {}, { health: judging(() => said) });
    w.clock.advance(1500);
    expect(w.state('a')).toBe('checking');
    said = 'up';
    w.clock.advance(1500);
    said = 'checking';
    w.clock.advance(1500);
    expect(w.state('a')).toBe('ready');
  });

  test('begins with `down` where the balancer took an endpoint out', () => {
    const begun: Health[] = [];
    const policy = (initial: Health): HealthJudge => {
      begun.push(initial);
      return { observe: () => 'up', ...EVERY_SECOND };
    };
    const w = watched(['a', 'b'], {}, { health: policy });
    w.clock.advance(50);
    expect(begun).toEqual(['checking', 'checking']);
  });
});

describe('a health policy that fails', () => {
  const broken = (): never => {
    throw new Error('broken');
  };

  test.each([
    ['is not made', () => broken(), 'health policy'],
    ['throws in observe', judging(broken), 'health policy, observe'],
    ['says nothing', judging(() => undefined as never), 'health policy, observe'],
    [
      'throws in nextDelayMs',
      judging(() => 'up', { nextDelayMs: broken }),
      'health policy, nextDelayMs',
    ],
    [
      'asks for no time at all',
      judging(() => 'up', { nextDelayMs: () => Number.NaN }),
      'health policy, nextDelayMs',
    ],
    [
      'asks for less than no time',
      judging(() => 'up', { timeoutMs: () => -1 }),
      'health policy, timeoutMs',
    ],
  ])('where it %s: is reported, and probes go on', (_, health, where) => {
    const errors: string[] = [];
    const w = watched(
      ['a', 'b'],
      {},
      { health, observer: { policyFailed: (at) => void errors.push(at) } },
    );
    w.clock.advance(10_000);
    expect(new Set(errors)).toEqual(new Set([where]));
    expect(w.fleet.probes.length).toBeGreaterThan(10);
    expect(w.fleet.probes.length).toBeLessThan(30);
    w.close();
    expect([w.clock.pending, w.fleet.running]).toEqual([0, 0]);
  });

  test('leaves the health of its endpoint as it was', () => {
    let isBroken = false;
    const health = judging(() => (isBroken ? broken() : 'up'));
    const w = watched(['a', 'b'], {}, { health });
    w.clock.advance(50);
    isBroken = true;
    w.fleet.answers.set('a', { ok: false });
    w.clock.advance(10_000);
    expect(w.state('a')).toBe('ready');
  });

  test('by asking for hardly any time does not probe without a pause', () => {
    const w = watched(['a'], {}, { health: judging(() => 'up', { nextDelayMs: () => 1e-9 }) });
    w.clock.advance(100);
    expect(w.fleet.probes.length).toBeLessThan(120);
  });

  test('a probe that throws counts as failed', () => {
    const w = watched(['a', 'b'], {}, { probe: broken });
    w.clock.advance(10);
    expect(w.state('a')).toBe('down');
    expect(w.events.at(-1)?.reason).toBe('probe failed: broken');
  });
});
