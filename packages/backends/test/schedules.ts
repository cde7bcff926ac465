/** Random schedules of overlapping faults at one backend, live and simulated. */

import { type Random, roundRobin, seededRandom } from '@evenkeel/core';
import { type Fault, recordedRequests, simulate } from '@evenkeel/sim';
import { checkScenario } from '@evenkeel/sim/engine';
import { expect } from 'vitest';
import { type Fleet, startFleet } from '../src/index.ts';
import type { Outcome } from './simulated.ts';
import { ask, spec, statusOf } from './support.ts';

const FAULTS: readonly Fault[] = [
  { kind: 'kill' },
  { kind: 'kill' },
  { kind: 'freeze' },
  { kind: 'freeze' },
  { kind: 'restart' },
  { kind: 'refuse', rate: 1 },
  { kind: 'blackhole', rate: 1 },
  { kind: 'fastError', rate: 1, status: 500 },
  { kind: 'fastError', rate: 1, status: 501 },
  { kind: 'error', rate: 1, status: 502, body: '' },
];
/** Time between two changes in the simulation: longer than a graceful stop. */
const STEP_MS = 10_000;

/** A fault that is in force from one step to before another; its index is its place in the schedule. */
interface Scheduled {
  readonly fault: Fault;
  readonly from: number;
  readonly to: number;
}

/** Faults of which several are in force at most times. */
function drawSchedule(random: Random, steps: number): Scheduled[] {
  return Array.from({ length: Math.ceil(steps / 2) }, () => {
    const from = random.below(steps - 1);
    const fault = FAULTS[random.below(FAULTS.length)] as Fault;
    return { fault, from, to: from + 1 + random.below(steps - from) };
  }).sort((a, b) => a.from - b.from);
}

const shown = ({ kind, status }: Pick<Outcome, 'kind' | 'status'>): string =>
  status === 0 ? kind : `${kind} ${status}`;

/** What a request gets in each step of the simulated schedule. */
function simulatedSteps(schedule: readonly Scheduled[], steps: number): string[] {
  const lines: string[] = [];
  const service = { distribution: 'constant', meanMs: 1e-6 };
  const durationMs = (steps + 2) * STEP_MS;
  const scenario = checkScenario(
    {
      name: 'schedule',
      title: 'schedule',
      fleet: [{ id: 'a', service }],
      load: { kind: 'open', ratePerSecond: 1, warmupMs: 0, durationMs, timeoutMs: 1000 },
      faults: schedule.map(({ fault, from, to }) => ({
        atMs: from * STEP_MS,
        target: 'a',
        fault,
        forMs: (to - from) * STEP_MS,
      })),
      lb: { health: 'off', passive: 'off', retries: 'off' },
    },
    'schedule',
  );
  const times = Array.from({ length: steps }, (_, i) => (i + 0.5) * STEP_MS);
  const list = times.map((atMs) => ({ atMs, work: 0 }));
  const source = recordedRequests(list);
  simulate({ scenario, strategy: roundRobin, source, trace: (line) => lines.push(line) });
  return list.map((_, i) => {
    const ended = lines.find((line) => line.includes(` ended ${i} at a `));
    return ended === undefined ? 'silent' : (ended.split(' at a ')[1] as string);
  });
}

/** What a request gets in each step of the live schedule. */
async function liveSteps(
  fleet: Fleet,
  schedule: readonly Scheduled[],
  expected: readonly string[],
): Promise<string[]> {
  const seen: string[] = [];
  for (const [step, outcome] of expected.entries()) {
    for (const [index, { fault, to }] of schedule.entries()) {
      if (to === step) await fleet.endFault('a', { index, fault });
    }
    for (const [index, { fault, from }] of schedule.entries()) {
      if (from === step) await fleet.beginFault('a', { index, fault }, true);
    }
    const answer = await ask(fleet.urls[0]!, { watchMs: outcome === 'silent' ? 150 : 20_000 });
    const kinds = { refused: 'refused', reset: 'reset', open: 'silent', fin: 'answered' } as const;
    seen.push(shown({ kind: kinds[answer.end], status: statusOf(answer) }));
  }
  return seen;
}

/** The law: at every step of a random schedule, live and simulated are in the same state. */
export async function expectSameStates(seed: number, steps: number): Promise<void> {
  const schedule = drawSchedule(seededRandom(seed), steps);
  const expected = simulatedSteps(schedule, steps);
  const fleet = await startFleet({ backends: [spec('a')] });
  try {
    const told = JSON.stringify(schedule);
    expect(await liveSteps(fleet, schedule, expected), `seed ${seed}: ${told}`).toEqual(expected);
  } finally {
    await fleet.stop();
  }
}
