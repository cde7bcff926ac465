/**
 * The sample results: a default bench with live and simulated runs, three subjects that lose a backend,
 * a live run that the simulator is held against, and a sweep.
 */

import {
  type Comparison,
  type FaultBand,
  RESULTS_SCHEMA,
  type Results,
  type ScenarioSummary,
  SIMULATED,
} from '../../src/index.ts';
import { type ArmShape, sampleRuns } from './sample-run.ts';

const ONE_SLOW: ScenarioSummary = {
  name: 'one-slow',
  title: 'One backend of four is five times slower',
  seed: 42,
  fleet: [
    {
      id: 'fast',
      count: 3,
      concurrency: 20,
      queue: 100,
      weight: 1,
      service: { distribution: 'exponential', meanMs: 20 },
    },
    {
      id: 'slow',
      count: 1,
      concurrency: 20,
      service: { distribution: 'exponential', meanMs: 100 },
    },
  ],
  load: {
    kind: 'open',
    arrivals: 'poisson',
    ratePerSecond: 600,
    warmupMs: 500,
    durationMs: 2000,
    timeoutMs: 5000,
    keys: { count: 1000, zipf: 1 },
  },
};

const ONE_DIES: ScenarioSummary = {
  ...ONE_SLOW,
  name: 'one-dies',
  title: 'One of four backends is killed, and comes back',
};

const KILL: readonly FaultBand[] = [{ kind: 'kill', target: 'fast-1', startMs: 2000, endMs: 3500 }];
const SKEWED = [0.3, 0.3, 0.31, 0.09];
const DIED = [0.2, 0.27, 0.27, 0.26];

/** The arms of the default bench, slow and fast ones, one of them with a void round. */
const BENCH_ARMS: readonly ArmShape[] = [
  { strategy: 'round-robin', medianMs: 24, sigma: 1.05 },
  { strategy: 'round-robin#2', medianMs: 24, sigma: 1.05 },
  { strategy: 'least-connections', medianMs: 18, sigma: 0.75, shares: SKEWED },
  { strategy: 'power-of-two', medianMs: 18.5, sigma: 0.8, shares: SKEWED, voidRound: 3 },
  { strategy: 'peak-ewma', medianMs: 17, sigma: 0.72, shares: [0.32, 0.32, 0.31, 0.05] },
].map((arm) => ({ scenario: 'one-slow', rounds: 6, recordsLoad: true, ...arm }));

function chaosArm(subject: string, strategy: string, share: number): ArmShape {
  return {
    scenario: 'one-dies',
    subject,
    strategy,
    medianMs: 19,
    sigma: 0.8,
    shares: DIED,
    durationMs: 6000,
    faults: KILL,
    failing: { share, cause: 'status5xx' },
  };
}

const DYING_ARMS: readonly ArmShape[] = [
  chaosArm('evenkeel', 'round-robin', 0),
  chaosArm('evenkeel', 'least-connections', 0),
  { ...chaosArm('nginx', 'round-robin', 0.004), lost: 1 },
  { ...chaosArm('haproxy', 'leastconn', 0.03), failing: { share: 0.03, cause: 'reset' } },
];

const SIMULATED_ARMS: readonly ArmShape[] = [
  ['round-robin', 22, 1],
  ['least-connections', 17, 0.72],
  ['power-of-two', 17.5, 0.76],
  ['peak-ewma', 16, 0.7],
  ['weighted-round-robin', 21, 0.98],
  ['random', 26, 1.2],
  ['least-response-time', 16.5, 0.7],
  ['weighted-random', 25, 1.15],
  ['ip-hash', 31, 1.3],
  ['ring-hash', 30, 1.25],
  ['maglev', 30, 1.26],
  ['bounded-hash', 23, 1],
].map(([strategy, medianMs, sigma]) => ({
  scenario: 'one-slow',
  subject: SIMULATED,
  strategy: String(strategy),
  medianMs: Number(medianMs),
  sigma: Number(sigma),
  durationMs: 8000,
  ratePerSecond: 1500,
}));

const SLOW_MOTION: ScenarioSummary = {
  ...ONE_SLOW,
  name: 'uniform-at-0.75',
  title: 'Four equal backends, in slow motion, the busiest at 0.75',
};

/** Two arms with a simulator beside them, and the control: random is simulated and did not run. */
const HELD_ARMS: readonly ArmShape[] = [
  { strategy: 'round-robin', medianMs: 60, sigma: 0.9, voidRound: 2 },
  { strategy: 'least-connections', medianMs: 50, sigma: 0.8 },
  { subject: SIMULATED, strategy: 'round-robin', medianMs: 61, sigma: 0.9 },
  { subject: SIMULATED, strategy: 'least-connections', medianMs: 52, sigma: 0.8 },
  { subject: SIMULATED, strategy: 'random', medianMs: 75, sigma: 1 },
].map((arm) => ({ scenario: SLOW_MOTION.name, rounds: 4, queueingShare: 0.3, ...arm }));

function held(simulated: string, live: string, figures: Partial<Comparison>): Comparison {
  return comparison('', {
    scenario: SLOW_MOTION.name,
    of: 'response',
    a: `${SIMULATED}/${simulated}`,
    b: `evenkeel/${live}`,
    ...figures,
  });
}

const HELD: readonly Comparison[] = ['round-robin', 'least-connections'].flatMap((strategy) => [
  held(strategy, strategy, { metric: 'mean', ratio: 1.02, low: 1.01, high: 1.03 }),
  held(strategy, strategy, { metric: 'p99', ratio: 1.04, low: 0.95, high: 1.1 }),
  held(strategy, strategy, { of: 'queueing', ratio: 1.2, low: 1.1, high: 1.31, verdict: 'b' }),
  held('random', strategy, { metric: 'mean', ratio: 1.3, low: 1.2, high: 1.4, verdict: 'b' }),
]);

function comparison(strategy: string, figures: Partial<Comparison>): Comparison {
  return {
    scenario: 'one-slow',
    metric: 'p99',
    a: `evenkeel/${strategy}`,
    b: 'evenkeel/round-robin',
    ratio: 1,
    low: 0.97,
    high: 1.03,
    n: 6,
    adjustedP: 0.9,
    verdict: 'tie',
    detectable: 0.04,
    ...figures,
  };
}

const COMPARISONS: readonly Comparison[] = [
  comparison('round-robin#2', { ratio: 1.01, low: 0.982, high: 1.041 }),
  comparison('least-connections', {
    ratio: 0.62,
    low: 0.56,
    high: 0.69,
    adjustedP: 0.0004,
    verdict: 'a',
    detectable: 0.11,
  }),
  comparison('power-of-two', {
    ratio: 0.71,
    low: 0.6,
    high: 0.84,
    n: 5,
    adjustedP: 0.011,
    verdict: 'a',
    detectable: 0.17,
  }),
  comparison('peak-ewma', {
    ratio: 0.9,
    low: 0.74,
    high: 1.09,
    adjustedP: 0.21,
    verdict: 'unresolved',
    detectable: 0.21,
  }),
  comparison('peak-ewma', {
    metric: 'cpuUsPerRequest',
    ratio: 1.12,
    low: 1.08,
    high: 1.16,
    adjustedP: null,
    verdict: 'b',
    detectable: 0.04,
  }),
];

function sampleSweep() {
  const loads = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
  const random = (load: number) => 1 / (1 - load);
  const twoChoices = (load: number) =>
    [1, 2, 3, 4, 5, 6, 7].reduce((sum, i) => sum + load ** (2 ** i - 2), 0);
  const measured = (strategy: string, mean: (load: number) => number, error: number) =>
    loads.map((load) => ({
      strategy,
      load,
      mean: mean(load) * (1 + error * load),
      meanInterval: [mean(load) * (1 - 0.02 * load), mean(load) * (1 + 0.03 * load)] as const,
      p99: mean(load) * 4.6,
    }));
  const curve = (name: string, strategy: string, mean: (load: number) => number) => ({
    name,
    strategy,
    points: loads.map((load) => ({ load, mean: mean(load) })),
  });
  return {
    title: 'Mean response over load, 500 servers',
    unit: 'service' as const,
    servers: 500,
    points: [...measured('random', random, 0.004), ...measured('power-of-two', twoChoices, 0.006)],
    theory: [
      curve('theory: M/M/1', 'random', random),
      curve('theory: power of two choices', 'power-of-two', twoChoices),
    ],
  };
}

let sample: Results | undefined;

/** A bench rich enough to show every part of the page. */
export function sampleResults(): Results {
  sample ??= draw();
  return sample;
}

function draw(): Results {
  return {
    schema: RESULTS_SCHEMA,
    kind: 'bench',
    startedAt: '2026-03-01T09:30:00.000Z',
    environment: {
      node: 'v26.10.0',
      os: 'Linux 6.1.0',
      arch: 'x64',
      cpuModel: 'Example CPU at 2.4 GHz',
      cores: 2,
      memoryBytes: 8_589_934_592,
      nginx: '1.22.1',
      haproxy: '2.6.12',
    },
    git: { commit: '269707e2f4c19d2f7c1d0d8b7f0a3f9c1f6c5e21', dirty: true },
    seed: 42,
    command: 'pnpm bench --scenario one-slow,one-dies --seed 42',
    scenarios: [ONE_SLOW, ONE_DIES, SLOW_MOTION],
    runs: sampleRuns([...BENCH_ARMS, ...DYING_ARMS, ...SIMULATED_ARMS, ...HELD_ARMS]),
    comparisons: [...COMPARISONS, ...HELD],
    sweeps: [sampleSweep()],
    verdict: {
      status: 'pass',
      text: 'least-connections is faster than round-robin at p99 by 38 % when one backend is slow',
    },
  };
}
