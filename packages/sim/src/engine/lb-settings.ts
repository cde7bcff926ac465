/**
 * What of a scenario's `lb:` block the simulator obeys: health checks, passive health, retries, queue, slow
 * start, panic, and the time that a backend has for its answer. Other keys are the proxy's own
 * business (and checked by it); these have the same names and defaults as in its configuration.
 */

import { type ClusterPolicies, policiesFrom, type Random } from '@evenkeel/core';
import { z } from 'zod';
import { integer, number, oneOf } from '../scenario/fields.ts';
import { ScenarioError } from '../scenario/parse.ts';

const ms = number(0).optional();
const off = z.literal('off');

const schema = z.looseObject({
  health: z
    .union([
      off,
      z.looseObject({
        type: oneOf(['tcp', 'http', 'off']).optional(),
        path: z.string().optional(),
        intervalMs: ms,
        fastIntervalMs: ms,
        downIntervalMs: ms,
        timeoutMs: ms,
        rise: integer(1).optional(),
        fall: integer(1).optional(),
      }),
    ])
    .default({}),
  passive: z
    .union([
      off,
      z.looseObject({
        consecutiveFailures: integer(0).optional(),
        maxFails: integer(1).optional(),
        failTimeoutMs: ms,
        successRate: z.looseObject({ intervalMs: ms }).optional(),
        ejection: z.looseObject({ baseMs: ms, maxMs: ms, maxPercent: ms }).optional(),
      }),
    ])
    .default({}),
  retries: z
    .union([
      off,
      z.looseObject({
        tries: integer(1).optional(),
        on: z.array(oneOf(['connect', 'reset', 'timeout', 'status'])).optional(),
        backoffBaseMs: ms,
        backoffMaxMs: ms,
        budget: z.looseObject({ ratio: ms, ttlMs: ms, floorPerSecond: ms }).optional(),
        classic: z.boolean().optional(),
      }),
    ])
    .default({}),
  slowStart: z.looseObject({ windowMs: ms, aggression: ms, minFactor: ms }).optional(),
  panicPercent: number(0, 100).optional(),
  queue: z.looseObject({ max: integer(0).optional(), timeoutMs: ms }).default({}),
  timeouts: z.looseObject({ responseHeadMs: number(0).default(15_000) }).prefault({}),
});

type Parsed = z.output<typeof schema>;

/** The `lb:` block as the simulator uses it. */
export interface LbSettings {
  readonly probe: 'tcp' | 'http' | undefined;
  /** 0: no limit. */
  readonly responseHeadMs: number;
  /** Policies for one balancer, with state of their own. */
  policies(random: Random): ClusterPolicies;
}

function probeOf(health: Parsed['health']): LbSettings['probe'] {
  if (health === 'off' || health.type === 'off') return undefined;
  return health.type ?? (health.path === undefined ? 'tcp' : 'http');
}

/**
 * Reads a scenario's `lb:` block.
 * @throws {ScenarioError} naming the first key that cannot be used
 */
export function lbSettings(lb: Readonly<Record<string, unknown>>, source: string): LbSettings {
  const result = schema.safeParse(lb);
  if (!result.success) {
    const issue = result.error.issues[0];
    throw new ScenarioError(`${source}: lb.${issue?.path.join('.')} ${issue?.message}`);
  }
  const { data } = result;
  const { health } = data;
  return {
    probe: probeOf(health),
    responseHeadMs: data.timeouts.responseHeadMs,
    policies: (random) =>
      policiesFrom({ ...data, health: health === 'off' ? undefined : health }, random),
  };
}
