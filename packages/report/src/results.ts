/**
 * results.json (`evenkeel.results/1`): everything a bench, a chaos run or a simulation found out, in
 * one file that the report draws and that other people's scripts read. This file is the contract;
 * schema.ts checks a parsed file against it.
 *
 * Conventions. Times are milliseconds (`…Ms`) as JSON numbers, fractions allowed. A figure that could
 * not be known is `null`, never absent and never 0; a count that is zero is 0. Additions keep the
 * version; a change of meaning raises it.
 */

import type { Comparison } from './comparison.ts';
import type { Differences } from './differences.ts';
import type { Sweep } from './sweep.ts';

export * from './comparison.ts';

export const RESULTS_SCHEMA = 'evenkeel.results/1';

/**
 * The `subject` of every run that took place in virtual time. A simulated run is a run like any
 * other, so that it lies beside a live one of the same strategy; being its own subject, it is never
 * pooled with one. No live subject may take this name.
 */
export const SIMULATED = 'simulated';

export interface Results {
  readonly schema: typeof RESULTS_SCHEMA;
  readonly kind: 'bench' | 'chaos' | 'sim';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly environment: Environment;
  /** The kit's own commit; null outside a git checkout. */
  readonly git: { readonly commit: string; readonly dirty: boolean } | null;
  readonly seed: number;
  /** Repeats the run when pasted into a shell at the root of the checkout. */
  readonly command: string;
  readonly scenarios: readonly ScenarioSummary[];
  readonly runs: readonly Run[];
  readonly comparisons: readonly Comparison[];
  /** Load sweeps of the simulator; absent where there was none. */
  readonly sweeps?: readonly Sweep[] | undefined;
  /** Arms that did not start, or ended before their last round; absent where there were none. */
  readonly absent?: readonly AbsentArm[] | undefined;
  /** True: the run was ended by hand, and holds what was measured until then. */
  readonly interrupted?: boolean | undefined;
  /** Against an earlier run; absent where there was none to be held against. */
  readonly differences?: Differences | undefined;
  readonly verdict: Verdict;
}

/** An arm without all of its runs, and why. */
export interface AbsentArm {
  readonly scenario: string;
  /** As `armOf` names it. */
  readonly arm: string;
  readonly reason: string;
}

export type Status = 'pass' | 'fail' | 'unknown';

/** The whole file in one sentence. `unknown`: nothing valid was left to judge by. */
export interface Verdict {
  readonly status: Status;
  readonly text: string;
}

/** Where it ran. Further keys (versions of the subjects, calibration) are shown as they are. */
export interface Environment {
  /** Version of Node, e.g. `v26.10.0`. */
  readonly node: string;
  /** Name and release, e.g. `Linux 6.1.0`. */
  readonly os: string;
  readonly arch: string;
  readonly cpuModel: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly [key: string]: string | number | boolean | null;
}

/** The scenario as it was run: the keys that the report names, and the rest of its file untouched. */
export interface ScenarioSummary {
  readonly name: string;
  readonly title: string;
  readonly fleet: readonly FleetGroup[];
  /** The scenario's `load`, as in its file. */
  readonly load: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

export interface FleetGroup {
  readonly id: string;
  /** Processes of this kind: with more than one their ids are `id-1`, `id-2` … */
  readonly count: number;
  /** Requests that one of them serves at a time. */
  readonly concurrency: number;
  readonly weight?: number | undefined;
  readonly service: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

/**
 * One arm in one round: a subject with a strategy under a scenario's load. An arm that is repeated
 * against itself (A/A) carries `#2` after its strategy: `round-robin#2`.
 */
export interface Run {
  readonly scenario: string;
  /** `evenkeel`, `nginx`, `haproxy`, `direct`, the NAME of a `cmd:` or `url:`, or `simulated`. */
  readonly subject: string;
  readonly strategy: string;
  /** Of a live sweep: the share of the fleet's capacity; absent for every other run. */
  readonly sweepLoad?: number | undefined;
  /** From 1. */
  readonly round: number;
  /** Place among the arms of its round, from 1: their order is drawn by the seed. */
  readonly order: number;
  readonly seed: number;
  /** From `startedAt` to the run's start. */
  readonly startedMs: number;
  /** False: the generator could not keep to its plan, so nothing is concluded from this run. */
  readonly valid: boolean;
  /** Why not; given exactly when `valid` is false. */
  readonly void?: string | undefined;
  /** Requests sent after the warm-up. */
  readonly requests: RequestCounts;
  /**
   * Requests that reached a backend, retries included, be they served or turned away; a connection
   * that was refused reached none. Null where the fleet is not ours.
   */
  readonly attempts: number | null;
  readonly retries: number | null;
  /** True: more may have reached a backend than it could write down. */
  readonly attemptsAtLeast?: boolean | undefined;
  /** POSTs among the requests sent. */
  readonly posts?: number | undefined;
  /** Non-idempotent requests that more than one attempt served: has to be 0. */
  readonly servedTwice: number | null;
  readonly latencyMs: Latency;
  /** HdrHistogram V2, compressed, base64, of the ok latencies in µs; null when there were none. */
  readonly histogram: string | null;
  /** Of each ok latency what was not service; absent where it was not measured. */
  readonly queueing?: Times | undefined;
  /** ok answers per second. */
  readonly throughput: number;
  readonly timeline: readonly TimelineWindow[];
  readonly faults: readonly FaultBand[];
  readonly objectives: readonly Objective[];
  /**
   * Start of the first fault to the first of four windows in a row within objectives, while it
   * lasted; null: without a fault, or not back within them.
   */
  readonly detectMs: number | null;
  /** True: the faults drove no window out of the objectives, so that `detectMs` says nothing. */
  readonly neverOut?: boolean | undefined;
  /** End of the last fault to recovery; null: without a fault, or not recovered. */
  readonly recoverMs: number | null;
  readonly backends: readonly BackendCounts[];
  /** null for a simulated run, which has no generator that could be late. */
  readonly generator: Generator | null;
  /** User and system time of the subject's process per answered request. */
  readonly cpuUsPerRequest: number | null;
  /** Greatest resident size of the subject's process. */
  readonly rssBytes: number | null;
}

/** Law: `sent` = `ok` + the sum of `errors` + `lost`. */
export interface RequestCounts {
  readonly sent: number;
  readonly ok: number;
  readonly errors: Readonly<Record<ErrorCause, number>>;
  /**
   * No complete response head within the scenario's `timeoutMs`, or the connection closed without
   * one, while the subject was up.
   */
  readonly lost: number;
}

export const ERROR_CAUSES = [
  'refused',
  'reset',
  'timeout',
  'truncated',
  'status4xx',
  'status5xx',
  'other',
] as const;
export type ErrorCause = (typeof ERROR_CAUSES)[number];

/**
 * Latencies of the ok answers, from the intended send time to the last byte. A percentile is null
 * below `samplesNeeded`; mean and max are null only when there was no ok answer.
 */
export interface Latency {
  readonly mean: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/** A distribution of times, by the same rules as a run's `latencyMs` and `histogram`. */
export interface Times {
  readonly latencyMs: Latency;
  readonly histogram: string | null;
}

/** Requests by their intended send time, in equal windows. */
export interface TimelineWindow {
  /** Start of the window, from the end of the warm-up. */
  readonly tMs: number;
  /** Requests sent: `ok` + `errors` (lost ones among the errors). */
  readonly n: number;
  readonly ok: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly max: number | null;
  /** Number of a cell, then the counts of ok answers from it on: cell i is 2^(i/2) to 2^((i+1)/2) µs. */
  readonly spread?: readonly number[] | undefined;
}

/** When which fault was on, from the end of the warm-up. */
export interface FaultBand {
  readonly kind: string;
  /** A backend's id, or several with commas. */
  readonly target: string;
  readonly startMs: number;
  /** null: it lasted to the end of the run. */
  readonly endMs: number | null;
}

/**
 * `name` is the objective's key in the scenario (`availability`, `p99Ms`, `recoverMs` …) or `lost`;
 * its ending gives the unit, shares are 0 to 1.
 */
export interface Objective {
  readonly name: string;
  readonly limit: number;
  readonly measured: number | null;
  readonly verdict: Status;
  /** What a reader has to know of the figure, e.g. `at least`. */
  readonly note?: string | undefined;
}

export interface BackendCounts {
  readonly id: string;
  /** Attempts that it received. */
  readonly requests: number;
  /** Of all attempts of the run, 0 to 1. */
  readonly share: number;
  readonly peakInFlight: number | null;
  /** Over the time of the run; absent where it was not recorded. */
  readonly load?: BackendLoad | undefined;
}

/** What a backend had to do: a figure for each window of the run's time line. */
export interface BackendLoad {
  /** Attempts that arrived in the window. */
  readonly requests: readonly number[];
  /** Attempts that were at the backend, those that waited included: the mean over the window. */
  readonly inFlight: readonly number[];
  /** Attempts that waited there for work to begin: the mean over the window. */
  readonly queued: readonly number[];
}

/** How exactly the load generator kept to its plan; of several processes, loop lag and CPU are the worst one's. */
export interface Generator extends GeneratorFigures {
  /** Each of them, where there are several; what they sent adds up to the run's `requests.sent`. */
  readonly processes?: readonly GeneratorProcess[] | undefined;
}

/** One of a generator's processes. */
export interface GeneratorProcess extends GeneratorFigures {
  /** Requests sent after the warm-up. */
  readonly sent: number;
}

export interface GeneratorFigures {
  /** Requests per second; null for a closed loop, which plans none. */
  readonly plannedRate: number | null;
  readonly achievedRate: number;
  /** Actual minus intended send time; null for a closed loop. */
  readonly latenessP99Ms: number | null;
  readonly loopLagP99Ms: number;
  /** Share of one core, 0 to 1 (more with several threads). */
  readonly cpu: number;
}
