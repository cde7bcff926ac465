/** A moment of a film is the same from whichever side one comes, and the film is the run of the simulator. */

import { strategyNamed } from '@evenkeel/core';
import { loadScenario, type Scenario, scenarioNames, simulate } from '@evenkeel/sim';
import { describe, expect, test } from 'vitest';
import { Film } from '../src/engine/film.ts';

const TRAVEL_MS = 40;
const DOTS_MAX = 5000;
const film = (scenario: Scenario, name = 'power-of-two'): Film =>
  new Film({ scenario, strategy: () => strategyNamed(name).create() });

describe.each(scenarioNames())('%s', (name) => {
  const scenario = loadScenario(name);

  test('a moment looks the same after small steps, after one, and from the other side', () => {
    const atMs = scenario.load.warmupMs + 1700.3;
    const slowly = film(scenario);
    for (let t = 0; t < atMs; t += 16.7) slowly.frame(t, TRAVEL_MS, DOTS_MAX);
    const expected = slowly.frame(atMs, TRAVEL_MS, DOTS_MAX);
    const figures = slowly.figures();

    const atOnce = film(scenario);
    expect(atOnce.frame(atMs, TRAVEL_MS, DOTS_MAX)).toEqual(expected);
    expect(atOnce.figures()).toEqual(figures);

    atOnce.frame(atMs + 2000, TRAVEL_MS, DOTS_MAX);
    expect(atOnce.frame(atMs, TRAVEL_MS, DOTS_MAX)).toEqual(expected);
    expect(atOnce.figures()).toEqual(figures);
  });

  test('shown to its end, it has the trace hash and the counts of a plain run', () => {
    const strategy = strategyNamed('power-of-two').create();
    const result = simulate({ scenario, strategy });
    const whole = film(scenario);
    const last = whole.frame(1e9, TRAVEL_MS, DOTS_MAX);
    expect(whole.traceHash).toBe(result.traceHash);
    expect(last.isOver).toBe(true);
    expect(last.counts.sent).toBe(result.requests.sent);
    expect(last.counts.ok).toBe(result.requests.ok);
    expect(last.counts.attempts).toBe(result.attempts);
    expect(last.atBalancer).toBe(0);
    for (const [i, backend] of last.backends.entries()) {
      expect(backend.waiting).toBe(0);
      expect(backend.attempts).toBe(result.backends[i]!.requests);
    }
  });
});
