/**
 * Policies as a configuration file names them, made into what a cluster takes. The one mapping for
 * the proxy's configuration and a scenario's `lb:` block: what is simulated is what would run.
 */

import type { ClusterOptions } from './cluster.ts';
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
import { type SlowStartOptions, slowStart } from './health/slow-start.ts';
import type { Random } from './ports.ts';
import { type RetryBudgetOptions, retryBudget } from './retry/budget.ts';
import { classicRetries, type StandardRetryOptions, standardRetries } from './retry/policy.ts';

/** Passive health. */
export interface PassiveSettings {
  /** Failures in a row that eject; 0 turns this rule off. Default 5, or off where `maxFails` is set. */
  readonly consecutiveFailures?: number | undefined;
  /** nginx's rule: failures, each at most `failTimeoutMs` after the one before. */
  readonly maxFails?: number | undefined;
  readonly failTimeoutMs?: number | undefined;
  /** Present: endpoints far below the fleet's success rate are ejected too. */
  readonly successRate?: SuccessRateOptions | undefined;
  readonly ejection?: EjectionOptions | undefined;
}

/** Attempts after the first. */
export interface RetrySettings extends StandardRetryOptions {
  readonly budget?: RetryBudgetOptions | undefined;
  /** The manner of simple load balancers: the same server again, then mark it down, then the next. */
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

/** The part of a cluster's options that settings decide. */
export type ClusterPolicies = Pick<
  ClusterOptions,
  | 'health'
  | 'detector'
  | 'ejection'
  | 'retries'
  | 'budget'
  | 'slowStart'
  | 'panicPercent'
  | 'queueLength'
  | 'queueTimeoutMs'
>;

/** Policies with state of their own: make them anew for each cluster. */
export function policiesFrom(settings: PolicySettings, random: Random): ClusterPolicies {
  const { passive = {}, retries = {} } = settings;
  return {
    health: hysteresis(settings.health),
    detector: passive === 'off' ? undefined : detectorFrom(passive),
    ejection: passive === 'off' ? undefined : passive.ejection,
    ...retriesFrom(retries, random.fork('retries')),
    slowStart: settings.slowStart && slowStart(settings.slowStart),
    panicPercent: settings.panicPercent,
    queueLength: settings.queue?.max,
    queueTimeoutMs: settings.queue?.timeoutMs,
  };
}

function retriesFrom(
  retries: RetrySettings | 'off',
  random: Random,
): Pick<ClusterPolicies, 'retries' | 'budget'> {
  if (retries === 'off') return { retries: standardRetries(random, { tries: 1 }) };
  return {
    retries: retries.classic === true ? classicRetries() : standardRetries(random, retries),
    budget: retryBudget(retries.budget),
  };
}

/** nginx's rule takes the place of the consecutive failures; success rates come on top. */
function detectorFrom(passive: PassiveSettings): OutlierDetector | undefined {
  const detectors: OutlierDetector[] = [];
  const limit = passive.consecutiveFailures ?? (passive.maxFails === undefined ? undefined : 0);
  if (limit !== 0) detectors.push(consecutiveFailures(limit));
  if (passive.maxFails !== undefined) {
    detectors.push(maxFails(passive.maxFails, passive.failTimeoutMs));
  }
  if (passive.successRate !== undefined) detectors.push(successRate(passive.successRate));
  return detectors.length === 0 ? undefined : anyOf(...detectors);
}
