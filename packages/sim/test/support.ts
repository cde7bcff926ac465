/** What the simulator's tests share. */

import { strategyNamed } from '@evenkeel/core';
import {
  checkScenario,
  type Scenario,
  type SimulationOptions,
  type SimulationResult,
  simulate,
} from '@evenkeel/sim';

/** Four equal backends with room to spare, and whatever a test changes. */
export function scenarioOf(change: Readonly<Record<string, unknown>> = {}): Scenario {
  return checkScenario(
    {
      name: 'test',
      title: 'test',
      fleet: [
        {
          id: 'web',
          count: 4,
          concurrency: 20,
          queue: 200,
          service: { distribution: 'exponential', meanMs: 20 },
        },
      ],
      load: { kind: 'open', ratePerSecond: 400, warmupMs: 0, durationMs: 6000, timeoutMs: 3000 },
      ...change,
    },
    'test',
  );
}

/** Runs a scenario with a strategy by name. */
export function run(
  scenario: Scenario,
  strategy = 'round-robin',
  options: Partial<SimulationOptions> = {},
): SimulationResult {
  return simulate({ scenario, strategy: strategyNamed(strategy).create(), ...options });
}

/** The same fault at one backend from second 1 to second 3. */
export function withFault(fault: object, rest: Readonly<Record<string, unknown>> = {}): Scenario {
  return scenarioOf({ faults: [{ atMs: 1000, target: 'web-2', fault, forMs: 2000 }], ...rest });
}

/** What no balancer repairs: no checks, no ejection, no retries. */
export const BARE: Readonly<Record<string, unknown>> = {
  lb: { health: 'off', passive: 'off', retries: 'off' },
};
