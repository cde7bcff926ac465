/**
 * A cluster: pool, passive and active health, retries and budget put together, as the proxy, the
 * simulator and a test all use them. The one place that knows how the parts notify each other.
 */

import { type QueueLimits, RequestBalancer } from './balancer/request-balancer.ts';
import type { Balancer } from './balancer.ts';
import type { Exchange } from './exchange.ts';
import { ActiveHealth, type ActiveHealthOptions, type Probe } from './health/active.ts';
import type { HealthPolicy, ProbeResult } from './health/health-policy.ts';
import { hysteresis } from './health/hysteresis.ts';
import type { Counters } from './pool/counters.ts';
import { EndpointPool } from './pool/endpoint-pool.ts';
import type { PoolPolicies } from './pool/options.ts';
import type { EndpointSpec, Member, Pool, PoolEvent, PoolObserver } from './pool.ts';
import type { Clock, Random } from './ports.ts';
import { type RetryBudget, retryBudget } from './retry/budget.ts';
import type { HedgePolicy } from './retry/hedge.ts';
import { type RetryPolicy, standardRetries } from './retry/policy.ts';
import type { Endpoint, Outcome, StrategyFactory } from './strategy.ts';

/**
 * The policies of a cluster; what is left out has the default of its own module. All are values
 * that may come from outside, and all can be changed while the cluster runs.
 */
export interface ClusterPolicies extends PoolPolicies, QueueLimits {
  /** Active checks; without a probe there are none and every endpoint counts as up. */
  readonly probe?: Probe | undefined;
  readonly health?: HealthPolicy | undefined;
  readonly retries?: RetryPolicy | undefined;
  readonly budget?: RetryBudget | undefined;
  /** Second tries of slow requests, where the driver can make them; default: none. */
  readonly hedge?: HedgePolicy | undefined;
}

/** What a cluster is made of. */
export interface ClusterOptions extends ClusterPolicies {
  readonly clock: Clock;
  readonly random: Random;
  readonly strategy: StrategyFactory;
  readonly onProbe?: ((member: Member, result: ProbeResult) => void) | undefined;
  readonly observer?: PoolObserver | undefined;
  /** Where attempts are counted; default: in memory of its own. */
  readonly counters?: Counters | undefined;
}

/** A working whole. */
export interface Cluster {
  readonly pool: Pool;
  readonly balancer: Balancer;
  update(specs: readonly EndpointSpec[], reason?: string): void;
  /**
   * Changes the policies that are given, in place; one given as `undefined` gets its default, one
   * left out stays. Health, counts, running and queued requests, limits, drain and maintenance all
   * survive.
   *
   * - `probe`: switched off, every endpoint is up (ejected ones stay ejected). Switched on, each
   *   keeps its state until its first probe decides. Another one: each keeps its health and is
   *   probed anew.
   * - `health`: each endpoint keeps its health; passes and failures are counted from 0.
   * - `detector`: counts from 0; ejected endpoints stay out for their time. Switched off, all
   *   return.
   * - `ejection`: running ones keep their end, but more than the new share are readmitted at once.
   * - `slowStart`: endpoints that warm up go on by the new value. Switched off, all have their full
   *   share.
   * - `panic`: at once.
   * - `retries`: from the next failure on; retries already granted are made.
   * - `budget`: begins full, with nothing earned and nothing spent.
   * - `hedge`: from the next request on; another one has to learn anew.
   * - `queueLength`, `queueTimeoutMs`: queued requests stay, also beyond a lower length; another
   *   timeout counts from when they were queued.
   */
  setPolicies(change: ClusterPolicies): void;
  /** Stops probes and timers; running attempts may still be settled. */
  close(): void;
}

/** Active checks that can be switched on and off. */
class ActiveChecks {
  readonly #options: Omit<ActiveHealthOptions, 'probe' | 'policy'>;
  readonly #pool: EndpointPool<Exchange>;
  #policy: HealthPolicy;
  #active: ActiveHealth | undefined;

  constructor(
    pool: EndpointPool<Exchange>,
    { clock, random, onProbe, health, probe }: ClusterOptions,
  ) {
    const onError = pool.onPolicyError;
    this.#options = { pool, clock, onProbe, onError, random: random.fork('probes') };
    this.#pool = pool;
    this.#policy = health ?? hysteresis();
    this.setProbe(probe);
  }

  setPolicy(policy: HealthPolicy | undefined): void {
    this.#policy = policy ?? hysteresis();
    this.#active?.setPolicy(this.#policy);
  }

  setProbe(probe: Probe | undefined): void {
    if (probe === undefined) {
      this.close();
      this.#active = undefined;
    } else if (this.#active !== undefined) this.#active.setProbe(probe);
    else this.#active = new ActiveHealth({ ...this.#options, probe, policy: this.#policy });
    this.#pool.setProbed(probe !== undefined);
  }

  onEvent(event: PoolEvent): void {
    this.#active?.onEvent(event);
  }

  suspect(member: Member): void {
    this.#active?.suspect(member);
  }

  markDown(endpoint: Endpoint, reason: string): void {
    // Without probes nothing would bring it back: then it is out for a time.
    if (this.#active === undefined) this.#pool.eject(endpoint, reason);
    else this.#active.markDown(endpoint, reason);
  }

  close(): void {
    this.#active?.close();
  }
}

/** Puts a cluster together; it has no endpoints before `update`. */
export function createCluster(options: ClusterOptions): Cluster {
  const { clock, random, observer = {} } = options;
  // Late: the checks need the pool, and the pool tells the checks.
  let checks: ActiveChecks | undefined;
  const listening: PoolObserver = {
    event(event: PoolEvent): void {
      checks?.onEvent(event);
      observer.event?.(event);
    },
    settled(member: Member, outcome: Outcome): void {
      if (outcome.kind === 'failed' && outcome.cause === 'refused') checks?.suspect(member);
      observer.settled?.(member, outcome);
    },
    departed: (member) => observer.departed?.(member),
    policyFailed: (where, error) => observer.policyFailed?.(where, error),
  };
  const pool = new EndpointPool<Exchange>({
    ...options,
    strategy: options.strategy({ clock, random: random.fork('strategy') }),
    random: random.fork('pool'),
    isProbed: options.probe !== undefined,
    observer: listening,
  });
  checks = new ActiveChecks(pool, options);
  const active = checks;
  const defaultRetries = (): RetryPolicy => standardRetries(random.fork('retries'));
  const balancer = new RequestBalancer({
    ...options,
    pool,
    retries: options.retries ?? defaultRetries(),
    budget: options.budget ?? retryBudget(),
    markDown: (endpoint, reason) => active.markDown(endpoint, reason),
  });
  return {
    pool,
    balancer,
    update: (specs, reason): void => pool.update(specs, reason),
    setPolicies(change: ClusterPolicies): void {
      if ('retries' in change) balancer.setRetries(change.retries ?? defaultRetries());
      if ('budget' in change) balancer.setBudget(change.budget ?? retryBudget());
      if ('hedge' in change) balancer.setHedge(change.hedge);
      balancer.setQueueLimits(change);
      if ('health' in change) active.setPolicy(change.health);
      if ('probe' in change) active.setProbe(change.probe);
      pool.setPolicies(change);
    },
    close(): void {
      active.close();
      pool.close();
    },
  };
}
