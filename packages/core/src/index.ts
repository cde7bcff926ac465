/**
 * @evenkeel/core: the decisions of a load balancer. Pure: time and randomness come in as `Clock`
 * and `Random`.
 */

export * from './attempt.ts';
export * from './balancer.ts';
export * from './cluster.ts';
export * from './distributions.ts';
export { DispatchState, type Exchange, type Result } from './exchange.ts';
export * from './hash.ts';
export * from './health/active.ts';
export * from './health/ejection.ts';
export * from './health/failure.ts';
export * from './health/health-policy.ts';
export * from './health/hysteresis.ts';
export * from './health/outlier.ts';
export * from './health/slow-start.ts';
export * from './manual-clock.ts';
export * from './math.ts';
export * from './normal.ts';
export * from './policies.ts';
export { inPanic, levelShares } from './pool/levels.ts';
export * from './pool.ts';
export * from './ports.ts';
export * from './random.ts';
export * from './retry/budget.ts';
export * from './retry/classify.ts';
export * from './retry/policy.ts';
export * from './strategies/index.ts';
export * from './strategy.ts';
