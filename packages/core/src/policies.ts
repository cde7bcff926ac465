/**
 * Policies as a configuration file names them, made into what a cluster takes. The one mapping for
 * the proxy's configuration and a scenario's `lb:` block: what is simulated is what would run.
 */

import type { ClusterPolicies } from './cluster.ts';
import type { EjectionOptions } from './health/ejection.ts';
import { type HysteresisOptions, hysteresis } from './health/hysteresis.ts';
import {
  anyOf,
  consecutiveFailures,
  maxFails,
  type OutlierDetector,
  type SuccessRateOptions,
  successRate,
} from './health/outlier.ts';
import { panicBelow } from './health/panic.ts';
import { type SlowStartOptions, slowStart } from './health/slow-start.ts';
import type { Random } from './ports.ts';
import { type RetryBudgetOptions, retryBudget } from './retry/budget.ts';
import { type HedgeOptions, hedgeAtPercentile } from './retry/hedge.ts';
import {
  classicRetries,
  type RetryPolicy,
  type StandardRetryOptions,
  standardRetries,
} from './retry/policy.ts';

/** Passive health. */
export interface PassiveSettings {
  /**
   * Failures in a row that eject; 0 turns this rule off. Default 5, or off where `maxFails` is set.
   */
  readonly consecutiveFailures?: number | undefined;
  /** nginx's rule: failures, each at most `failTimeoutMs` after the one before. */
  readonly maxFails?: number | undefined;
  readonly failTimeoutMs?: number | undefined;
  /** Present: endpoints far below the fleet's success rate are ejected too. */
  readonly successRate?: SuccessRateOptions | undefined;
  /** Answers that count as failures; default 500 and 502 to 504. */
  readonly statuses?: ReadonlySet<number> | undefined;
  readonly ejection?: EjectionOptions | undefined;
}

/** Attempts after the first. */
export interface RetrySettings extends StandardRetryOptions {
  readonly budget?: RetryBudgetOptions | undefined;
  /** Present: slow requests get a second try beside the first. */
  readonly hedge?: HedgeOptions | undefined;
  /**
   * The manner of simple load balancers: the same server again, then mark it down, then the next.
   */
  readonly classic?: boolean | undefined;
}

/** Requests that wait for an endpoint below its limit. */
export interface QueueSettings {
  readonly max?: number | undefined;
  readonly timeoutMs?: number | undefined;
}

/** The policies of one group of endpoints; what is left out has its own module's default. */
export interface PolicySettings {
  readonly health?: HysteresisOptions | undefined;
  readonly passive?: PassiveSettings | 'off' | undefined;
  readonly retries?: RetrySettings | 'off' | undefined;
  readonly slowStart?: SlowStartOptions | undefined;
  readonly panicPercent?: number | undefined;
  readonly queue?: QueueSettings | undefined;
}

/** The policies of a cluster that settings decide: all but the probe, which needs I/O. */
export type PoliciesOfSettings = Omit<ClusterPolicies, 'probe'>;

/** One part of the settings that decides policies by itself. */
interface Part {
  /** The settings that decide it, as plain data. */
  of(settings: PolicySettings): unknown;
  make(settings: PolicySettings, random: Random): PoliciesOfSettings;
}

const PARTS: readonly Part[] = [
  {
    of: ({ health }) => health,
    make: ({ health }) => ({ health: hysteresis(health) }),
  },
  {
    of: ({ passive = {} }) =>
      passive === 'off' ? passive : { ...passive, ejection: undefined, statuses: undefined },
    make: ({ passive = {} }) => ({ detector: passive === 'off' ? undefined : detectorOf(passive) }),
  },
  {
    of: ({ passive = {} }) => (passive === 'off' ? undefined : passive.ejection),
    make: ({ passive = {} }) => ({ ejection: passive === 'off' ? undefined : passive.ejection }),
  },
  {
    of: ({ passive = {} }) => (passive === 'off' ? undefined : listed(passive.statuses)),
    make: ({ passive = {} }) => ({
      failureStatuses: passive === 'off' ? undefined : passive.statuses,
    }),
  },
  {
    of: ({ retries = {} }) =>
      retries === 'off'
        ? retries
        : { ...retries, budget: undefined, hedge: undefined, statuses: listed(retries.statuses) },
    make: ({ retries = {} }, random) => ({ retries: retriesOf(retries, random.fork('retries')) }),
  },
  {
    of: ({ retries = {} }) => (retries === 'off' ? undefined : retries.budget),
    make: ({ retries = {} }) => ({
      budget: retryBudget(retries === 'off' ? undefined : retries.budget),
    }),
  },
  {
    of: ({ retries = {} }) => (retries === 'off' ? undefined : retries.hedge),
    make: ({ retries = {} }) => ({
      hedge: retries === 'off' ? undefined : retries.hedge && hedgeAtPercentile(retries.hedge),
    }),
  },
  {
    of: (settings) => settings.slowStart,
    make: (settings) => ({ slowStart: settings.slowStart && slowStart(settings.slowStart) }),
  },
  {
    of: ({ panicPercent }) => panicPercent,
    make: ({ panicPercent = 0 }) => ({
      panic: panicPercent === 0 ? undefined : panicBelow(panicPercent),
    }),
  },
  {
    of: ({ queue }) => queue,
    make: ({ queue }) => ({ queueLength: queue?.max, queueTimeoutMs: queue?.timeoutMs }),
  },
];

/** A set as plain data. */
function listed(statuses: ReadonlySet<number> | undefined): readonly number[] | undefined {
  return statuses && [...statuses].sort((a, b) => a - b);
}

/** Policies with state of their own: make them anew for each cluster. */
export function policiesFrom(settings: PolicySettings, random: Random): PoliciesOfSettings {
  return together(PARTS, settings, random);
}

/**
 * The policies in which two settings differ, for `Cluster.setPolicies`: what is configured as
 * before keeps what it has learned and counted.
 */
export function changedPolicies(
  before: PolicySettings,
  after: PolicySettings,
  random: Random,
): PoliciesOfSettings {
  const changed = PARTS.filter((part) => !isSame(part.of(before), part.of(after)));
  return together(changed, after, random);
}

function together(
  parts: readonly Part[],
  settings: PolicySettings,
  random: Random,
): PoliciesOfSettings {
  return Object.assign({}, ...parts.map((part) => part.make(settings, random)));
}

/** Compares plain data; a key that is `undefined` is the same as none. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [from, to] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  const keys = new Set([...from.keys(), ...to.keys()]);
  return [...keys].every((key) => isSame(from.get(key), to.get(key)));
}

function retriesOf(retries: RetrySettings | 'off', random: Random): RetryPolicy {
  if (retries === 'off') return standardRetries(random, { tries: 1 });
  return retries.classic === true ? classicRetries() : standardRetries(random, retries);
}

/** nginx's rule takes the place of the consecutive failures; success rates come on top. */
function detectorOf(passive: PassiveSettings): OutlierDetector | undefined {
  const detectors: OutlierDetector[] = [];
  const limit = passive.consecutiveFailures ?? (passive.maxFails === undefined ? undefined : 0);
  if (limit !== 0) detectors.push(consecutiveFailures(limit));
  if (passive.maxFails !== undefined) {
    detectors.push(maxFails(passive.maxFails, passive.failTimeoutMs));
  }
  if (passive.successRate !== undefined) detectors.push(successRate(passive.successRate));
  return detectors.length === 0 ? undefined : anyOf(...detectors);
}
