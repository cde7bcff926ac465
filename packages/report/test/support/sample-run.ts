/**
 * Sample runs of a given shape, drawn from a seed. The figures are invented but hang together: counts
 * add up, percentiles come from the samples, shares from the counts.
 */

import { build, encodeIntoCompressedBase64 } from 'hdr-histogram-js';
import {
  type BackendCounts,
  type BackendLoad,
  type ErrorCause,
  type FaultBand,
  type Latency,
  type Run,
  SIMULATED,
  samplesNeeded,
  type TimelineWindow,
  type Times,
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
  /** This share of every latency was not service. */
  readonly queueingShare?: number;
  /** The load of each backend over time was recorded. */
  readonly recordsLoad?: boolean;
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

function partOf(samples: readonly number[], share: number): Times {
  const part = samples.map((ms) => Math.round(ms * share * 1000) / 1000);
  return { latencyMs: latencyOf(part), histogram: encode(part) };
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
  const spread = shape.recordsLoad === true && { spread: spreadOf(own) };
  return { tMs, n, ok: own.length, errors: n - own.length, p50, p90, p99, max, ...spread };
}

/** Counts in cells of half an octave, in µs, after the number of the first. */
function spreadOf(samples: readonly number[]): readonly number[] {
  const cells = samples.map((ms) => Math.floor(2 * Math.log2(ms * 1000)));
  const first = Math.min(...cells);
  const counts = Array<number>(Math.max(...cells) - first + 1).fill(0);
  for (const cell of cells) counts[cell - first] = (counts[cell - first] ?? 0) + 1;
  return [first, ...counts];
}

function backendsOf(
  shape: ArmShape,
  attempts: number,
  timeline: readonly TimelineWindow[],
): readonly BackendCounts[] {
  const shares = shape.shares ?? [0.25, 0.25, 0.25, 0.25];
  const ids = shares.map((_, i) => (i < shares.length - 1 ? `fast-${i + 1}` : 'slow'));
  const requests = shares.map((share) => Math.floor(share * attempts));
  requests[0] = (requests[0] ?? 0) + attempts - requests.reduce((sum, one) => sum + one, 0);
  return requests.map((count, i) => ({
    id: ids[i] ?? '',
    requests: count,
    share: attempts === 0 ? 0 : count / attempts,
    peakInFlight: Math.round(8 + (shares[i] ?? 0) * 40),
    ...(shape.recordsLoad && { load: loadOf(timeline, shares[i] ?? 0, i) }),
  }));
}

/** Of a backend with that share; the later ones have a queue. */
function loadOf(timeline: readonly TimelineWindow[], share: number, place: number): BackendLoad {
  return {
    requests: timeline.map(({ n }) => Math.round(n * share)),
    inFlight: timeline.map((_, window) => 4 + place * (1 + (window % 3))),
    queued: timeline.map((_, window) => place * (window % 3)),
  };
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
    ...(shape.queueingShare === undefined
      ? {}
      : { queueing: partOf(samples, shape.queueingShare) }),
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
    backends: backendsOf(shape, attempts, timeline),
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

/** All rounds of all arms, each with a seed of its own. */
export function sampleRuns(shapes: readonly ArmShape[], seed = 42): readonly Run[] {
  return shapes.flatMap((shape, arm) =>
    Array.from({ length: shape.rounds ?? 1 }, (_, round) =>
      sampleRun(shape, round + 1, ((arm + round) % shapes.length) + 1, seed + arm * 100 + round),
    ),
  );
}
