/**
 * What of a scenario's `lb:` block the simulator obeys: health checks, passive health, retries, queue, slow
 * start, panic, and the time that a backend has for its answer. The block has been checked with
 * the scenario, every key of it; the others are the proxy's business.
 */

import { resolvePolicies, type ScenarioLb } from '@evenkeel/config';
import { type ClusterPolicies, policiesFrom, type Random } from '@evenkeel/core';

/** The `lb:` block as the simulator uses it. */
export interface LbSettings {
  readonly probe: 'tcp' | 'http' | undefined;
  /** 0: no limit. */
  readonly responseHeadMs: number;
  /** Policies for one balancer, with state of their own. */
  policies(random: Random): ClusterPolicies;
}

/** The proxy's own default (http1/settings.ts), which no import can reach. */
const RESPONSE_HEAD_MS = 15_000;

/** Completes a scenario's `lb:` block. */
export function lbSettings(lb: ScenarioLb): LbSettings {
  const policies = resolvePolicies(lb);
  const { type } = policies.health;
  return {
    probe: type === 'off' ? undefined : type,
    responseHeadMs: lb.timeouts?.responseHeadMs ?? RESPONSE_HEAD_MS,
    policies: (random) => policiesFrom(policies, random),
  };
}
