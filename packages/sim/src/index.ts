/** @evenkeel/sim: scenarios, and the simulator that runs them in virtual time. */

export type { SimulationOptions } from './engine/options.ts';
export * from './engine/recorded.ts';
export * from './engine/result.ts';
export * from './engine/simulation.ts';
export * from './faults/fault-stack.ts';
export * from './run/environment.ts';
export { type Replay, writeReplay } from './run/lab-replay.ts';
export * from './run/model.ts';
export * from './run/simulated-run.ts';
export * from './run/strategy-by-name.ts';
export * from './scenario/arrivals.ts';
export { scenarioDocument } from './scenario/document.ts';
export * from './scenario/fault-schema.ts';
export * from './scenario/faults.ts';
export * from './scenario/fleet.ts';
export * from './scenario/load.ts';
export * from './scenario/parse.ts';
export { meanRequests } from './scenario/rates.ts';
export * from './scenario/schema.ts';
export * from './scenario/simulated-only.ts';
export type * from './scenario/types.ts';
export type { ErrorCounts, RequestCounts } from './stats/recorder.ts';
export * from './theory/fleet-theory.ts';
