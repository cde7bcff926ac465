/**
 * A scenario as the rest of the program sees it: parsed, defaults filled in, frozen. One file, run by
 * the simulator, the bench and chaos alike. What each field may hold in a file, and its default,
 * stands in schema.ts; the type of this file is the outcome.
 */

import type { ScenarioLb } from '@evenkeel/config';
import type { Objectives } from '@evenkeel/report';

export type { Objectives } from '@evenkeel/report';

/** How long a request occupies a backend. Each is sampled from one uniform number, see core. */
export type ServiceSpec =
  | { readonly distribution: 'constant' | 'exponential'; readonly meanMs: number }
  | { readonly distribution: 'lognormal'; readonly meanMs: number; readonly sigma: number }
  | { readonly distribution: 'pareto'; readonly meanMs: number; readonly shape: number }
  | { readonly distribution: 'hyperexponential'; readonly meanMs: number; readonly cv: number }
  | {
      readonly distribution: 'bimodal';
      readonly fastMs: number;
      readonly slowMs: number;
      readonly slowShare: number;
    }
  | { readonly distribution: 'empirical'; readonly samplesMs: readonly number[] };

/** `fifo`: a queue before `concurrency` slots. `processor-sharing`: all at once, each slower. */
export type Discipline = 'fifo' | 'processor-sharing';

/** A group of like backends. */
export interface FleetEntry {
  /** The id itself with count 1, else the stem of `id-1 … id-count`. */
  readonly id: string;
  readonly count: number;
  /** Requests served at once. */
  readonly concurrency: number;
  /** Requests that may wait; one more is answered 503. */
  readonly queue: number;
  readonly weight: number;
  readonly discipline: Discipline;
  readonly service: ServiceSpec;
}

/** One backend of the expanded fleet. */
export interface Backend extends Omit<FleetEntry, 'count'> {
  /** Its place in the fleet, from 0. */
  readonly index: number;
}

/** When requests of an open load arrive. */
export type ArrivalSpec =
  | { readonly kind: 'poisson' | 'constant' }
  | { readonly kind: 'bursty'; readonly onMs: number; readonly offMs: number };

/** Which keys the requests carry: `count` of them, the i-th as frequent as i^−zipf. */
export interface KeySpec {
  readonly count: number;
  readonly zipf: number;
}

interface LoadBase {
  /** Run before anything is counted. */
  readonly warmupMs: number;
  /** Counted, from the end of the warm-up. Work begun is always finished. */
  readonly durationMs: number;
  /** A client waits this long for its answer; Infinity: it never gives up. */
  readonly timeoutMs: number;
  /** Share of requests that are POST, and so not idempotent. */
  readonly postShare: number;
  /** Bytes of a POST's body. */
  readonly bodyBytes: number;
  readonly keys: KeySpec;
  /** How often a client itself repeats a failed or timed-out request, at once. */
  readonly clientRetries: number;
}

/** Requests come at a rate, whatever the answers do. */
export interface OpenLoad extends LoadBase {
  readonly kind: 'open';
  readonly arrivals: ArrivalSpec;
  /** Exactly one of the two is present; see `ratePerSecond`. */
  readonly ratePerSecond?: number | undefined;
  /** Of Σ concurrency / mean service time over the fleet. */
  readonly fraction?: number | undefined;
}

/** Each of `connections` clients sends its next request when it has the answer to the last. */
export interface ClosedLoad extends LoadBase {
  readonly kind: 'closed';
  readonly connections: number;
}

export type Load = OpenLoad | ClosedLoad;

/** What can go wrong with a backend. `rate` is the share of requests that it hits. */
export type Fault =
  | {
      readonly kind: 'latency';
      readonly rate: number;
      readonly latencyMs: number;
      readonly jitterMs: number;
      readonly distribution: 'uniform' | 'exponential';
    }
  | {
      readonly kind: 'error';
      readonly rate: number;
      readonly status: number;
      readonly body: string;
    }
  | {
      readonly kind: 'failFirst';
      readonly rate: number;
      readonly n: number;
      readonly status: number;
    }
  | { readonly kind: 'reset'; readonly rate: number; readonly when: 'before-head' | 'mid-body' }
  | { readonly kind: 'blackhole' | 'refuse' | 'garbage'; readonly rate: number }
  | { readonly kind: 'bandwidth'; readonly rate: number; readonly bytesPerSecond: number }
  | { readonly kind: 'slowClose'; readonly rate: number; readonly delayMs: number }
  | { readonly kind: 'truncate'; readonly rate: number; readonly bytes: number }
  | { readonly kind: 'healthLie' | 'fastError'; readonly rate: number; readonly status: number }
  | { readonly kind: 'leak'; readonly rate: number; readonly msPerRequest: number }
  | { readonly kind: 'kill' | 'freeze' | 'restart' };

export type FaultKind = Fault['kind'];

/** An id, one drawn by the seed, all, or a share of the fleet drawn by the seed (rounded up). */
export type Target = string | { readonly percent: number };

/** A fault as written: times count from the end of the warm-up. */
export interface FaultEntry {
  readonly atMs: number;
  readonly target: Target;
  readonly fault: Fault;
  /** Absent: until the end of the run. */
  readonly forMs?: number | undefined;
}

/**
 * What an operator does in a run: takes a backend out (`drain`), gives it back (`ready`), or changes the mean
 * rate of an open load from then on.
 */
export type ActionEntry =
  | { readonly atMs: number; readonly target: Target; readonly action: 'drain' | 'ready' }
  | {
      readonly atMs: number;
      readonly action: { readonly load: { readonly ratePerSecond: number } };
    };

/** What only the simulator does. */
export interface SimulationSpec {
  /** Independent balancers over the one fleet; arrivals go to each in turn. */
  readonly balancers: number;
  /** Strategies see the number of requests in flight as it was at the last multiple of this; 0: live. */
  readonly staleMs: number;
}

/** An experiment: a fleet, a load, what breaks, and what is expected. */
export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** What is to be found out. */
  readonly question?: string | undefined;
  /** What ought to happen, and why. */
  readonly expected?: string | undefined;
  readonly seed: number;
  readonly fleet: readonly FleetEntry[];
  readonly load: Load;
  readonly faults: readonly FaultEntry[];
  readonly actions: readonly ActionEntry[];
  readonly objectives: Objectives;
  /** The balancer's own settings, in the keys of its configuration file. */
  readonly lb: ScenarioLb;
  readonly sim: SimulationSpec;
}
