/** Results of each kind that the commands write, from the parts of the sample. */

import { strategies } from '@evenkeel/core';
import { DIFFERENCES_SCHEMA, type Differences, type Results, SIMULATED } from '../../src/index.ts';
import { sampleResults } from './sample.ts';
import { type ArmShape, sampleRuns } from './sample-run.ts';

/** As many as the library has. */
const SCENARIOS = 22;

/** As large as what `pnpm bench` writes: two live scenarios, and all of the library in the simulator. */
export function defaultBench(): Results {
  const sample = sampleResults();
  const [oneSlow, oneDies] = sample.scenarios;
  const names = Array.from({ length: SCENARIOS }, (_, i) => `scenario-${i + 1}`);
  const simulated = names.flatMap((scenario) =>
    strategies.map(({ name }, i): ArmShape => {
      const shape = { subject: SIMULATED, strategy: name, durationMs: 6000, ratePerSecond: 400 };
      return { ...shape, scenario, medianMs: 15 + 2 * i, sigma: 0.7 };
    }),
  );
  const live = sample.runs.filter(
    ({ scenario, subject }) =>
      subject !== SIMULATED && [oneSlow?.name, oneDies?.name].includes(scenario),
  );
  return {
    ...sample,
    scenarios: [oneSlow!, oneDies!, ...names.map((name) => ({ ...oneSlow!, name, title: name }))],
    runs: [...live, ...sampleRuns(simulated)],
    comparisons: sample.comparisons.filter(({ scenario, of }) => {
      return scenario === oneSlow?.name && of === undefined;
    }),
    sweeps: [],
  };
}

export function sampleChaos(): Results {
  const sample = sampleResults();
  const runs = sample.runs.filter(({ faults }) => faults.length > 0);
  const verdict = { status: 'fail', text: 'haproxy answered less than was asked' } as const;
  return { ...sample, kind: 'chaos', runs, comparisons: [], sweeps: [], verdict };
}

export function sampleDemo(): Results {
  const sample = sampleResults();
  const runs = sample.runs.filter(({ subject }) => subject === SIMULATED);
  return { ...sample, kind: 'sim', runs, comparisons: [] };
}

export function sampleSweep(): Results {
  return { ...sampleResults(), kind: 'sim', scenarios: [], runs: [], comparisons: [] };
}

export function sampleDifferences(): Differences {
  const side = {
    startedAt: '2026-03-01T09:30:00.000Z',
    commit: null,
    machine: 'Example CPU, 2 cores',
    command: 'pnpm bench',
  };
  const common = { scenario: 'one-slow', arm: 'evenkeel/peak-ewma', against: null } as const;
  const rounds = { before: 6, now: 6 };
  return {
    schema: DIFFERENCES_SCHEMA,
    margin: 0.05,
    before: side,
    now: { ...side, commit: '269707e2f4c19d2f7c1d0d8b7f0a3f9c1f6c5e21' },
    differences: [
      { metric: 'p99', before: 80, now: 120, change: 1.5, low: 1.3, high: 1.7, verdict: 'worse' },
      { metric: 'p50', before: 20, now: 20, change: 1, low: 0.98, high: 1.02, verdict: 'same' },
      {
        metric: 'answered',
        before: 1,
        now: 0.97,
        change: null,
        low: null,
        high: null,
        verdict: 'unresolved',
        reason: 'too few requests',
      },
    ].map((one) => ({ ...common, rounds, ...one })) as Differences['differences'],
    notes: ['round-robin was in the earlier run alone'],
  };
}
