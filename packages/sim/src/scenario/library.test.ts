import { readFileSync } from 'node:fs';
import { strategyNamed } from '@evenkeel/core';
import { accountedFor } from '@evenkeel/report';
import { describe, expect, it } from 'vitest';
import { REFERENCE_FILE } from '../cli/reference-command.ts';
import { simulate } from '../engine/simulation.ts';
import { loadScenario, scenarioNames } from './load.ts';
import { scenarioReference } from './reference.ts';

describe('the library', () => {
  it('has the usual scenarios', () => {
    expect(scenarioNames().length).toBeGreaterThanOrEqual(16);
    expect(scenarioNames()).toEqual(
      expect.arrayContaining([
        'uniform',
        'one-slow',
        'one-dies',
        'blackhole',
        'sinkhole',
        'slow-leak',
      ]),
    );
  });

  it.each(scenarioNames())('%s says what it asks, and is named like its file', (name) => {
    const scenario = loadScenario(name);
    expect(scenario.question).toMatch(/^[A-Z].*\?/);
    expect(scenario.expected).toMatch(/^[A-Z].*\.$/);
    expect(scenario.name).toBe(name);
  });

  it.each(scenarioNames())('%s simulates, and every request is accounted for', (name) => {
    const scenario = loadScenario(name);
    const strategy = strategyNamed('power-of-two').create();
    const result = simulate({ scenario, strategy, timeline: true });
    expect(result.requests.sent).toBeGreaterThan(1000);
    expect(accountedFor(result.requests)).toBe(result.requests.sent);
    expect(result.servedTwice).toBe(0);
    const inWindows = result.timeline.reduce((sum, { n }) => sum + n, 0);
    expect(inWindows).toBe(result.requests.sent);
  });
});

describe('the reference', () => {
  it('is the one that `pnpm sim reference` makes', () => {
    expect(readFileSync(REFERENCE_FILE, 'utf8')).toBe(scenarioReference());
  });
});
