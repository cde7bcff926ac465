/** Runs truth cases until their own noise is small enough to tell theory from a mistake. */

import { type Comparison, checkTruth, TRUTH_CASES, type TruthCase } from './truth-cases.ts';

/** A difference from theory beyond this is a mistake. */
export const TOLERANCE = 0.02;
/**
 * Half the 95 % interval of the mean that ends a run: 3σ = 1.5 %, below the tolerance, and enough for the
 * 99th percentile, which is a little noisier than the mean.
 */
const PRECISION = 0.01;
const REQUESTS_MIN = 4_000_000;
const REQUESTS_MAX = 512_000_000;

/** A case at a load, as data: `place` in `TRUTH_CASES`. */
export interface TruthTask {
  readonly place: number;
  readonly load: number;
  readonly seed: number;
  /** So many, and no more for the sake of precision. */
  readonly requests?: number | undefined;
}

/** What came of it. */
export interface TruthRow extends TruthTask {
  readonly name: string;
  readonly requests: number;
  readonly precision: number;
  readonly comparisons: readonly Comparison[];
}

/** Every case at every load with every seed. */
export function truthTasks(loads: readonly number[], seeds: number): TruthTask[] {
  return TRUTH_CASES.flatMap((_, place) =>
    loads.flatMap((load) =>
      Array.from({ length: seeds }, (_, i) => ({ place, load, seed: i + 1 })),
    ),
  );
}

/** Doubles the number of requests until the run is precise enough, unless the task says how many. */
export function runTruth(task: TruthTask): TruthRow {
  const truth = TRUTH_CASES[task.place] as TruthCase;
  for (let requests = task.requests ?? REQUESTS_MIN; ; requests *= 2) {
    const { precision, comparisons } = checkTruth(truth, task.load, requests, task.seed);
    const isEnough = precision <= PRECISION || requests >= REQUESTS_MAX;
    if (isEnough || task.requests !== undefined) {
      return { ...task, name: truth.name, requests, precision, comparisons };
    }
  }
}
