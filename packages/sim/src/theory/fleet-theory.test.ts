import { describe, expect, test } from 'vitest';
import { loadScenario } from '../scenario/load.ts';
import { fleetTheory } from './fleet-theory.ts';

const uniform = loadScenario('uniform');
const [group] = uniform.fleet;

describe('theory of a fleet', () => {
  test('of random choice is M/M/1 in ms where each backend serves one at a time', () => {
    const scenario = { ...uniform, fleet: [{ ...group!, concurrency: 1, count: 4 }] };
    const [random, bound] = fleetTheory(scenario, [0.5, 0.8, 1]);
    const { service } = group!;
    const meanMs = 'meanMs' in service ? service.meanMs : Number.NaN;
    expect(random!.points.map(({ load }) => load)).toEqual([0.5, 0.8]);
    expect(random!.points[0]!.mean).toBeCloseTo(2 * meanMs);
    expect(random!.points[1]!.mean).toBeCloseTo(5 * meanMs);
    for (const [i, { mean }] of bound!.points.entries()) {
      expect(mean).toBeLessThan(random!.points[i]!.mean);
      expect(mean).toBeGreaterThan(meanMs);
    }
  });

  test('says nothing where backends differ, arrive otherwise, or serve otherwise', () => {
    expect(fleetTheory(loadScenario('one-slow'), [0.5])).toEqual([]);
    expect(fleetTheory(loadScenario('bursty'), [0.5])).toEqual([]);
    expect(fleetTheory(loadScenario('saturation'), [0.5])).toEqual([]);
    expect(fleetTheory(loadScenario('heavy-tail'), [0.5])).toEqual([]);
  });
});
