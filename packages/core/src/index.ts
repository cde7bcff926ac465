/**
 * `@evenkeel/core`: the decisions of a load balancer. Pure: time and randomness come in as `Clock`
 * and `Random`. Three entries: this one, `./testing` for tests of own strategies, and `./stats`.
 */

// What a driver implements and calls.
export type { Attempt } from './attempt.ts';
export type { Balancer } from './balancer.ts';
export {
  type Cluster,
  type ClusterOptions,
  type ClusterPolicies,
  createCluster,
} from './cluster.ts';
// The same bits on every machine: randomness, hashes, distributions and the functions they need.
export * from './distributions.ts';
export { DispatchState, type Exchange, type Result } from './exchange.ts';
export { hash32 } from './hash.ts';
export type { Probe } from './health/active.ts';
// Policies: the contracts, the built-in ones, and the settings that name them.
export type { EjectionOptions } from './health/ejection.ts';
export { FAILURE_STATUSES } from './health/failure.ts';
export type * from './health/health-policy.ts';
export { type HysteresisOptions, hysteresis } from './health/hysteresis.ts';
export * from './health/outlier.ts';
export * from './health/panic.ts';
export * from './health/slow-start.ts';
export * from './math.ts';
export { normalQuantile } from './normal.ts';
export * from './policies.ts';
export type { Counters } from './pool/counters.ts';
export {
  SharedCounters,
  type SharedCountersLayout,
  sharedCountersBytes,
} from './pool/shared-counters.ts';
export type * from './pool.ts';
export type * from './ports.ts';
export { fillUniform, seededRandom } from './random.ts';
export * from './retry/budget.ts';
export * from './retry/classify.ts';
export * from './retry/hedge.ts';
export * from './retry/policy.ts';
// Strategies: the contract, the registry and the parts that own ones are made of.
export * from './strategies/index.ts';
export type * from './strategy.ts';
