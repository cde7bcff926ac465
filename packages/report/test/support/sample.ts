/**
 * Sample results, drawn from a seed: a default bench with live and simulated runs, chaos with three
 * subjects, and a sweep. The figures are invented but hang together: counts add up, percentiles come
 * from the histograms, shares from the counts.
 */

import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import {
  type BackendCounts,
  type Comparison,
  type ErrorCause,
  type FaultBand,
  type Latency,
  RESULTS_SCHEMA,
  type Results,
  type Run,
  type ScenarioSummary,
  SIMULATED,
  samplesNeeded,
  type TimelineWindow,
} from '../../src/index.ts';

/** What an arm is like; everything else follows by chance. */
export interface ArmShape {
  readonly scenario: string;
  readonly subject?: string;
  readonly strategy: string;
  /** Median latency and the spread of its logarithm. */
  readonly medianMs: number;
  readonly sigma: number;
  readonly shares?: readonly number[];
  readonly rounds?: number;
  readonly durationMs?: number;
  readonly ratePerSecond?: number;
  readonly faults?: readonly FaultBand[];
  /** Share of requests that fail while a fault is on, and how. */
  readonly failing?: { readonly share: number; readonly cause: ErrorCause };
  readonly lost?: number;
  /** Round that is void. */
  readonly voidRound?: number;
}

const WINDOW_MS = 500;
const NO_ERRORS = {
  refused: 0,
  reset: 0,
  timeout: 0,
  truncated: 0,
  status4xx: 0,
  status5xx: 0,
  other: 0,
};

/** Uniform numbers in [0, 1): a small generator, for test data alone. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** The samples of a window or a run, in ms. */
function latencyOf(samples: readonly number[]): Latency {
  const sorted = samples.toSorted((x, y) => x - y);
  const at = (p: number) =>
    sorted.length < samplesNeeded(p) ? null : (sorted[Math.ceil(p * sorted.length) - 1] ?? null);
  const sum = sorted.reduce((total, one) => total + one, 0);
  return {
    mean: sorted.length === 0 ? null : sum / sorted.length,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    p999: at(0.999),
    max: sorted.at(-1) ?? null,
  };
}

function encode(samples: readonly number[]): string | null {
  if (samples.length === 0) return null;
  const histogram = build();
  for (const ms of samples) histogram.recordValue(Math.round(ms * 1000));
  return encodeIntoCompressedBase64(histogram);
}

/** Adds its latencies to `all`. */
function windowAt(shape: ArmShape, tMs: number, next: () => number, all: number[]): TimelineWindow {
  const inFault = (shape.faults ?? []).some(
    (fault) => tMs >= fault.startMs && tMs < (fault.endMs ?? Number.POSITIVE_INFINITY),
  );
  const n = Math.round(((shape.ratePerSecond ?? 600) * WINDOW_MS) / 1000);
  const own: number[] = [];
  for (let i = 0; i < n; i++) {
    if (inFault && next() < (shape.failing?.share ?? 0)) continue;
    const slow = inFault && next() < 0.05 ? 6 : 1;
    const ms = shape.medianMs * Math.exp(shape.sigma * normal(next)) * slow;
    own.push(Math.max(1, Math.round(ms * 1000)) / 1000);
  }
  all.push(...own);
  const { p50, p90, p99, max } = latencyOf(own);
  return { tMs, n, ok: own.length, errors: n - own.length, p50, p90, p99, max };
}

function backendsOf(shape: ArmShape, attempts: number): readonly BackendCounts[] {
  const shares = shape.shares ?? [0.25, 0.25, 0.25, 0.25];
  const ids = shares.map((_, i) => (i < shares.length - 1 ? `fast-${i + 1}` : 'slow'));
  const requests = shares.map((share) => Math.floor(share * attempts));
  requests[0] = (requests[0] ?? 0) + attempts - requests.reduce((sum, one) => sum + one, 0);
  return requests.map((count, i) => ({
    id: ids[i] ?? '',
    requests: count,
    share: attempts === 0 ? 0 : count / attempts,
    peakInFlight: Math.round(8 + (shares[i] ?? 0) * 40),
  }));
}

/** One run of that shape; the seed decides everything left open. */
export function sampleRun(shape: ArmShape, round: number, order: number, seed: number): Run {
  const next = numbers(seed);
  const subject = shape.subject ?? 'evenkeel';
  const live = subject !== SIMULATED;
  const durationMs = shape.durationMs ?? 2000;
  const rate = shape.ratePerSecond ?? 600;
  const samples: number[] = [];
  const timeline: TimelineWindow[] = [];
  for (let tMs = 0; tMs < durationMs; tMs += WINDOW_MS) {
    timeline.push(windowAt(shape, tMs, next, samples));
  }
  const failed = timeline.reduce((sum, window) => sum + window.errors, 0);
  const lost = Math.min(failed, shape.lost ?? 0);
  const ok = timeline.reduce((sum, window) => sum + window.ok, 0);
  const retries = Math.round(ok * (shape.faults === undefined ? 0 : 0.004));
  const attempts = ok + failed + retries;
  const isVoid = shape.voidRound === round;
  const availability = ok + failed === 0 ? null : ok / (ok + failed);
  const faulty = shape.faults !== undefined;
  const latencyMs = latencyOf(samples);
  return {
    scenario: shape.scenario,
    subject,
    strategy: shape.strategy,
    round,
    order,
    seed,
    startedMs: (round * 8 + order) * 2600,
    valid: !isVoid,
    ...(isVoid ? { void: 'lateness p99 5.1 ms is above 2 ms' } : {}),
    requests: {
      sent: ok + failed,
      ok,
      errors: { ...NO_ERRORS, [shape.failing?.cause ?? 'other']: failed - lost },
      lost,
    },
    attempts,
    retries,
    servedTwice: 0,
    latencyMs,
    histogram: encode(samples),
    throughput: durationMs === 0 ? 0 : (ok * 1000) / durationMs,
    timeline,
    faults: shape.faults ?? [],
    objectives: faulty
      ? [
          verdict('availability', 0.999, availability, (availability ?? 0) >= 0.999),
          verdict('p99Ms', 400, latencyMs.p99, (latencyMs.p99 ?? 0) <= 400),
          verdict('recoverMs', 3000, 500 + order * 300, true),
          verdict('lost', 0, lost, lost === 0),
        ]
      : [],
    detectMs: faulty ? 300 + order * 150 : null,
    recoverMs: faulty ? 500 + order * 300 : null,
    backends: backendsOf(shape, attempts),
    generator: live
      ? {
          plannedRate: rate,
          achievedRate: rate * 0.999,
          latenessP99Ms: isVoid ? 5.1 : 0.4 + next() * 0.4,
          loopLagP99Ms: 1.2 + next(),
          cpu: 0.31 + next() * 0.1,
        }
      : null,
    cpuUsPerRequest: live && subject === 'evenkeel' ? 15 + next() * 3 : null,
    rssBytes: live ? 78_000_000 + Math.floor(next() * 9_000_000) : null,
  };
}

function verdict(name: string, limit: number, measured: number | null, passed: boolean) {
  const word = measured === null ? 'unknown' : passed ? 'pass' : 'fail';
  return { name, limit, measured, verdict: word } as const;
}

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
].map((arm) => ({ scenario: 'one-slow', rounds: 6, ...arm }));

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

/** All rounds of all arms, each with a seed of its own. */
export function sampleRuns(shapes: readonly ArmShape[], seed = 42): readonly Run[] {
  return shapes.flatMap((shape, arm) =>
    Array.from({ length: shape.rounds ?? 1 }, (_, round) =>
      sampleRun(shape, round + 1, ((arm + round) % shapes.length) + 1, seed + arm * 100 + round),
    ),
  );
}

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
      curve('random split, M/M/1', 'random', random),
      curve('power of two choices', 'power-of-two', twoChoices),
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
    scenarios: [ONE_SLOW, ONE_DIES],
    runs: sampleRuns([...BENCH_ARMS, ...DYING_ARMS, ...SIMULATED_ARMS]),
    comparisons: COMPARISONS,
    sweeps: [sampleSweep()],
    verdict: {
      status: 'pass',
      text: 'least-connections is faster than round-robin at p99 by 38 % when one backend is slow',
    },
  };
}
