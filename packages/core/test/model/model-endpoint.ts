/** What the model knows of one endpoint. */

import type { ProbeResult } from '../../src/health/health-policy.ts';
import type { AdminState } from '../../src/pool.ts';
import type { FailureCause } from '../../src/strategy.ts';

export const LIMITS = {
  rise: 2,
  fall: 3,
  consecutive: 3,
  baseMs: 1000,
  maxMs: 3000,
  maxPercent: 50,
  trialPauseMs: 1000,
} as const;

export interface ModelEndpoint {
  admin: AdminState;
  health: 'up' | 'down' | 'checking';
  /** It answered its last check, as expected or not. */
  isAnswering: boolean;
  passes: number;
  probeFailures: number;
  isSuspected: boolean;
  /** Refused since the running probe began. */
  isStale: boolean;
  wasRefused: boolean;
  failuresInARow: number;
  /** Causes of the failures since the last success. */
  charges: FailureCause[];
  /** When the running probe began. */
  probedMs: number;
  /** Checks passed in a row since the ejection, or since it should have been. */
  passesInEjection: number;
  ejectedMs: number;
  timesEjected: number;
  isOut: boolean;
  /** Also of a term that is interrupted. */
  ejectedUntilMs: number;
  /** It should be out, but may not be. */
  isDoubted: boolean;
  isOnTrial: boolean;
  nextTrialMs: number;
  /** Number of its last turn, among the doubted. */
  lastTurn: number;
  /** How many ejections there were before this one. */
  ejectedAfter: number;
  maxConnections: number;
  priority: number;
  backup: boolean;
}

/** What of an endpoint's configuration matters to the model. */
export interface ModelSpec {
  readonly maxConnections: number;
  readonly priority: number;
  readonly backup: boolean;
}

/** A newcomer: nothing is known of it. */
export function newEndpoint(spec: ModelSpec): ModelEndpoint {
  return {
    admin: 'ready',
    health: 'checking',
    isAnswering: false,
    passes: 0,
    probeFailures: 0,
    isSuspected: false,
    isStale: false,
    wasRefused: false,
    failuresInARow: 0,
    charges: [],
    probedMs: 0,
    passesInEjection: 0,
    ejectedMs: 0,
    timesEjected: 0,
    isOut: false,
    isDoubted: false,
    isOnTrial: false,
    nextTrialMs: 0,
    lastTurn: 0,
    ejectedUntilMs: Number.NEGATIVE_INFINITY,
    ejectedAfter: 0,
    ...spec,
  };
}

/** What a probe makes of its health. */
export function judge(e: ModelEndpoint, result: ProbeResult): void {
  if (result.ok) {
    e.passes += 1;
    e.probeFailures = 0;
    if (e.health !== 'down' || e.wasRefused || e.passes >= LIMITS.rise) e.health = 'up';
  } else {
    e.passes = 0;
    e.probeFailures += 1;
    e.wasRefused = result.refused === true;
    const isProven = e.wasRefused && e.isSuspected;
    if (e.health === 'checking' || isProven || e.probeFailures >= LIMITS.fall) e.health = 'down';
  }
}
