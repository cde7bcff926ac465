/**
 * A cluster: pool, passive and active health, retries and budget put together, as the proxy, the
 * simulator and a test all use them. The one place that knows how the parts hear of each other.
 */

import { RequestBalancer } from './balancer/request-balancer.ts';
import type { Balancer } from './balancer.ts';
import type { Exchange } from './exchange.ts';
import { ActiveHealth, type Probe } from './health/active.ts';
import type { EjectionOptions } from './health/ejection.ts';
import type { HealthPolicy, ProbeResult } from './health/health-policy.ts';
import { hysteresis } from './health/hysteresis.ts';
import type { OutlierDetector } from './health/outlier.ts';
import type { SlowStart } from './health/slow-start.ts';
import { EndpointPool } from './pool/endpoint-pool.ts';
import type { EndpointSpec, Member, Pool, PoolEvent, PoolObserver } from './pool.ts';
import type { Clock, Random } from './ports.ts';
import { type RetryBudget, retryBudget } from './retry/budget.ts';
import { type RetryPolicy, standardRetries } from './retry/policy.ts';
import type { Endpoint, Outcome, StrategyFactory } from './strategy.ts';

/** What a cluster is made of; what is left out has the defaults of its own module. */
export interface ClusterOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly strategy: StrategyFactory;
  /** Active checks; without a probe there are none and every endpoint starts ready. */
  readonly probe?: Probe | undefined;
  readonly health?: HealthPolicy | undefined;
  readonly onProbe?: ((member: Member, result: ProbeResult) => void) | undefined;
  readonly detector?: OutlierDetector | undefined;
  readonly ejection?: EjectionOptions | undefined;
  readonly slowStart?: SlowStart | undefined;
  readonly panicPercent?: number | undefined;
  readonly retries?: RetryPolicy | undefined;
  readonly budget?: RetryBudget | undefined;
  readonly queueLength?: number | undefined;
  readonly queueTimeoutMs?: number | undefined;
  readonly observer?: PoolObserver | undefined;
  readonly row?: number | undefined;
  readonly rows?: number | undefined;
}

/** A working whole. */
export interface Cluster {
  readonly pool: Pool;
  readonly balancer: Balancer;
  update(specs: readonly EndpointSpec[]): void;
  /** Stops probes and timers; running attempts may still be settled. */
  close(): void;
}

/** Puts a cluster together; it has no endpoints before `update`. */
export function createCluster(options: ClusterOptions): Cluster {
  const { clock, random, probe, observer = {} } = options;
  // Late: the schedule needs the pool, and the pool tells the schedule.
  let active: ActiveHealth | undefined;
  const listening: PoolObserver = {
    event(event: PoolEvent): void {
      active?.onEvent(event);
      observer.event?.(event);
    },
    settled(member: Member, outcome: Outcome): void {
      if (outcome.kind === 'failed' && outcome.cause === 'refused') active?.suspect(member);
      observer.settled?.(member, outcome);
    },
    policyFailed: (where, error) => observer.policyFailed?.(where, error),
  };
  const pool = new EndpointPool<Exchange>({
    ...options,
    strategy: options.strategy({ clock, random: random.fork('strategy') }),
    random: random.fork('pool'),
    initialHealth: probe === undefined ? 'up' : 'checking',
    observer: listening,
  });
  if (probe !== undefined) {
    const policy = options.health ?? hysteresis();
    const schedule = random.fork('probes');
    const { onProbe } = options;
    const onError = pool.onPolicyError;
    active = new ActiveHealth({ pool, policy, probe, clock, random: schedule, onProbe, onError });
  }
  const balancer = new RequestBalancer({
    ...options,
    pool,
    retries: options.retries ?? standardRetries(random.fork('retries')),
    budget: options.budget ?? retryBudget(),
    markDown(endpoint: Endpoint, reason: string): void {
      // Without probes nobody would bring it back: then it is out for a time.
      if (active === undefined) pool.eject(endpoint, reason);
      else active.markDown(endpoint, reason);
    },
  });
  return {
    pool,
    balancer,
    update: (specs: readonly EndpointSpec[]): void => pool.update(specs),
    close(): void {
      active?.close();
      pool.close();
    },
  };
}
