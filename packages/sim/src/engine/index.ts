/** The simulator without Node: runs in a browser too. Scenarios come in as objects (`checkScenario`). */

export * from '../scenario/arrivals.ts';
export * from '../scenario/faults.ts';
export * from '../scenario/fleet.ts';
export * from '../scenario/parse.ts';
export * from '../scenario/simulated-only.ts';
export type * from '../scenario/types.ts';
export type { ClientOutcome, RequestCounts } from '../stats/recorder.ts';
export type { AttemptEnd, RunObserver } from './observer.ts';
export type { SimulationOptions } from './options.ts';
export * from './recorded.ts';
export * from './result.ts';
export * from './simulation.ts';
