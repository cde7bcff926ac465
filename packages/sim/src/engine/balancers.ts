/**
 * The balancers of a run: core's cluster (pool, health, retries, strategy) as often as the scenario wants,
 * each knowing only what it has seen itself, all over the one fleet.
 */

import {
  type Cluster,
  type ClusterPolicies,
  createCluster,
  type Random,
  type StrategyFactory,
} from '@evenkeel/core';
import type { Backend, Scenario } from '../scenario/types.ts';
import type { SimBackend } from './backend.ts';
import type { EventQueue } from './event-queue.ts';
import type { LbSettings } from './lb-settings.ts';
import type { BalancerEvent } from './result.ts';
import { withStaleLoads } from './stale.ts';

/** One balancer, and which backend each of its slots is. */
export interface SimBalancer {
  readonly cluster: Cluster;
  readonly backendOfSlot: readonly SimBackend[];
}

/** What balancers are made of. */
export interface BalancersContext {
  readonly scenario: Scenario;
  readonly settings: LbSettings;
  readonly strategy: StrategyFactory;
  /** What takes the place of the settings' policies; called once per balancer. */
  readonly policies: () => Partial<ClusterPolicies>;
  readonly random: Random;
  readonly clock: EventQueue;
  readonly specs: readonly Backend[];
  readonly backends: readonly SimBackend[];
  readonly onEvent: (event: BalancerEvent) => void;
}

function createBalancerOf(context: BalancersContext, balancer: number): SimBalancer {
  const { scenario, settings, clock, specs, backends } = context;
  const random = context.random.fork(`balancer ${balancer}`);
  const { staleMs } = scenario.sim;
  const byId = new Map(backends.map((backend) => [backend.id, backend]));
  const { probe: type } = settings;
  const cluster = createCluster({
    ...settings.policies(random.fork('policies')),
    ...context.policies(),
    clock,
    random,
    strategy: staleMs > 0 ? withStaleLoads(context.strategy, staleMs) : context.strategy,
    ...(type && {
      probe(endpoint, done) {
        let isOver = false;
        byId.get(endpoint.id)?.probe(type, (result) => {
          if (!isOver) done(result);
        });
        return () => {
          isOver = true;
        };
      },
    }),
    observer: {
      event: (event) => context.onEvent({ ...event, balancer }),
      // A strategy that is broken ends the run: what it would still show is worth nothing.
      policyFailed: (_, error) => {
        throw error;
      },
    },
  });
  cluster.update(specs.map(({ id, weight }) => ({ id, address: id, weight })));
  const backendOfSlot: SimBackend[] = [];
  for (const { id, slot } of cluster.pool.members) {
    const backend = byId.get(id);
    if (backend !== undefined) backendOfSlot[slot] = backend;
  }
  return { cluster, backendOfSlot };
}

/** All balancers of a scenario. */
export function createBalancers(context: BalancersContext): SimBalancer[] {
  return Array.from({ length: context.scenario.sim.balancers }, (_, i) =>
    createBalancerOf(context, i),
  );
}
