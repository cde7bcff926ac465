/**
 * A sweep: every strategy at every load, as a list of tasks. The list is a function of the plan alone, so that
 * its parts can be done by worker threads, by shards on other machines, or one after the other, and
 * come together to the same file.
 */

import type { Scenario } from '../scenario/types.ts';
import type { Model } from './model.ts';
import type { SimJson } from './sim-json.ts';
import type { SimTask } from './task.ts';

export const SWEEP_SCHEMA = 'evenkeel.sim-sweep/1';

/** What is swept: a model, or a scenario with an open load. */
export interface SweepPlan {
  readonly strategies: readonly string[];
  readonly loads: readonly number[];
  readonly seed: number;
  readonly model?: Omit<Model, 'load'> | undefined;
  readonly scenario?: Scenario | undefined;
}

/** A part of a sweep: the tasks whose number leaves `index` − 1 when divided by `count`. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** One point with the number of its task. */
export interface SweepPoint {
  readonly task: number;
  readonly result: SimJson;
}

/** What a sweep, or a part of one, is written as. */
export interface SweepFile {
  readonly schema: typeof SWEEP_SCHEMA;
  readonly plan: SweepPlan;
  /** null: the whole sweep. */
  readonly shard: Shard | null;
  /** In the order of their tasks. */
  readonly points: readonly SweepPoint[];
}

/** Shards that do not make up one sweep; the message is one line, fit for a user. */
export class MergeError extends Error {
  override readonly name = 'MergeError';
}

/** All tasks of a plan: by load, then by strategy. */
export function sweepTasks(plan: SweepPlan): SimTask[] {
  const { model, scenario, seed } = plan;
  return plan.loads.flatMap((load) =>
    plan.strategies.map((strategy) => ({
      strategy,
      seed,
      ...(model && { model: { ...model, load } }),
      ...(scenario && { scenario: atLoad(scenario, load) }),
    })),
  );
}

/** The same scenario with another mean arrival rate. Closed loads have none to change. */
export function atLoad(scenario: Scenario, fraction: number): Scenario {
  if (scenario.load.kind === 'closed') return scenario;
  const { ratePerSecond: _, ...load } = scenario.load;
  return { ...scenario, load: { ...load, fraction } };
}

/** Numbers of the tasks of a shard; of all without one. */
export function shardTasks(taskCount: number, shard: Shard | null): number[] {
  const all = Array.from({ length: taskCount }, (_, task) => task);
  return shard === null ? all : all.filter((task) => task % shard.count === shard.index - 1);
}

/**
 * Puts the shards of one sweep together.
 * @throws {MergeError} if they belong to different sweeps, or one is missing or given twice
 */
export function mergeShards(
  files: readonly { readonly name: string; readonly file: SweepFile }[],
): SweepFile {
  const [first] = files;
  if (first === undefined) throw new MergeError('merge needs at least one file');
  const plan = JSON.stringify(first.file.plan);
  const points = new Map<number, SweepPoint>();
  for (const { name, file } of files) {
    if (JSON.stringify(file.plan) !== plan) {
      throw new MergeError(`${name} belongs to another sweep than ${first.name}`);
    }
    for (const point of file.points) {
      if (points.has(point.task)) throw new MergeError(`${name} repeats task ${point.task}`);
      points.set(point.task, point);
    }
  }
  const tasks = sweepTasks(first.file.plan);
  const missing = tasks.findIndex((_, task) => !points.has(task));
  if (missing !== -1) {
    throw new MergeError(`task ${missing} of ${tasks.length} is in none of the files`);
  }
  const sorted = [...points.values()].sort((a, b) => a.task - b.task);
  return { schema: SWEEP_SCHEMA, plan: first.file.plan, shard: null, points: sorted };
}
