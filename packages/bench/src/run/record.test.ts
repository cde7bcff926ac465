/** What is judged of a run is the same, be it live or simulated. */

import { strategyNamed } from '@evenkeel/core';
import { judgeRun, type Run } from '@evenkeel/report';
import { checkScenario, planArrivals, type Scenario, simulate, simulatedRun } from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { clientOutcomeCode } from '../load/job.ts';
import { direct } from '../subjects/others.ts';
import { recordOf } from './record.ts';
import type { RawRun } from './stage.ts';

/** A backend of four is killed, and a balancer without checks and retries does not notice. */
function scenarioWith(forMs: number, objectives: object): Scenario {
  return checkScenario(
    {
      name: 'unnoticed',
      title: 'unnoticed',
      fleet: [{ id: 'web', count: 4, service: { distribution: 'constant', meanMs: 5 } }],
      load: { kind: 'open', ratePerSecond: 400, warmupMs: 500, durationMs: 8000 },
      faults: [{ atMs: 1000, target: 'web-2', fault: { kind: 'kill' }, forMs }],
      objectives,
      lb: { health: 'off', passive: 'off', retries: 'off' },
    },
    'test',
  );
}

function simulated(scenario: Scenario): Run {
  const strategy = strategyNamed('round-robin').create();
  const result = simulate({ scenario, strategy, timeline: true });
  return simulatedRun(scenario, result, { strategy: 'x', round: 1, order: 1, startedMs: 0 });
}

/** The samples of a generator that saw every fourth request fail while the fault was on. */
function live(scenario: Scenario): Run {
  const { load, objectives, faults } = scenario;
  const [fault] = faults;
  const planned = [...planArrivals(scenario, 1)];
  const startMs = load.warmupMs + (fault?.atMs ?? 0);
  const endMs = startMs + (fault?.forMs ?? 0);
  const fails = (atMs: number, i: number): boolean =>
    i % 4 === 0 && atMs >= startMs && atMs < endMs;
  const n = planned.length;
  const atMs = Float64Array.from(planned, (one) => one.atMs);
  const raw: RawRun = {
    job: {
      kind: 'open',
      targets: [],
      atMs,
      work: new Float64Array(n),
      post: new Uint8Array(n),
      key: [],
      idPrefix: '',
      timeoutMs: 1000,
      bodyBytes: 0,
      maxInFlight: 1,
    },
    samples: {
      startedEpochMs: 0,
      sentMs: atMs,
      endedMs: atMs.map((at) => at + 5),
      outcome: Uint8Array.from(planned, (one, i) =>
        clientOutcomeCode(fails(one.atMs, i) ? 'status5xx' : 'ok'),
      ),
      backend: new Uint8Array(n),
      backends: ['web-1'],
      processes: [{ loopLagP99Ms: 0, cpu: 0 }],
      cutShort: null,
    },
    faults: [{ kind: 'kill', target: 'web-2', startEpochMs: startMs, endEpochMs: endMs }],
    cpuUs: 1_000,
    rssBytes: null,
    subjectExitedEpochMs: null,
  };
  const arm = { subject: direct, strategy: 'own', label: 'own' };
  const { run } = recordOf(scenario, { arm, round: 1, order: 1, seed: 1, commandEpochMs: 0 }, raw);
  return { ...run, objectives: judgeRun(run, objectives, { durationMs: load.durationMs }) };
}

describe.each([
  ['simulated', simulated],
  ['live', live],
] as const)('a %s run', (_, runOf) => {
  const verdict = (forMs: number, objectives: object): string | undefined =>
    runOf(scenarioWith(forMs, objectives)).objectives[0]?.verdict;

  it('whose fault was shorter than the limit and not noticed is unknown, not failed', () => {
    expect(verdict(1000, { detectMs: 3000 })).toBe('unknown');
  });

  it('whose fault outlasted the limit and was not noticed has failed', () => {
    expect(verdict(4000, { detectMs: 3000 })).toBe('fail');
  });

  it('is back within its objectives with the end of the fault', () => {
    const run = runOf(scenarioWith(1500, { recoverMs: 1000 }));
    expect(run).toMatchObject({ detectMs: null, recoverMs: 0, neverOut: false });
  });
});

describe('processor time per request', () => {
  it('is shared by every request that was answered, also with an error', () => {
    const run = live(scenarioWith(1000, {}));
    const answers = [...planArrivals(scenarioWith(1000, {}), 1)].length;
    expect(run.requests.errors.status5xx).toBeGreaterThan(50);
    expect(run.cpuUsPerRequest).toBeCloseTo(1_000 / answers, 9);
  });
});
