/** @evenkeel/core: the decisions of a load balancer. Pure: time and randomness come in as `Clock` and `Random`. */

export * from './attempt.ts';
export * from './balancer.ts';
export * from './hash.ts';
export * from './pool.ts';
export * from './ports.ts';
export * from './random.ts';
export * from './strategies/entry.ts';
export * from './strategy.ts';
