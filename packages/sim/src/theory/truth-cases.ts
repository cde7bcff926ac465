/**
 * What the simulator is held against: models with a closed form, and which of their figures it predicts.
 * Used by the tests at moderate load and by `pnpm sim truth` up to 0.95.
 */

import type { SimulationResult } from '../engine/result.ts';
import { type Model, modelScenario, modelService, SERVICE_MS } from '../run/model.ts';
import { distributionOf } from '../scenario/fleet.ts';
import type { Scenario } from '../scenario/types.ts';
import * as theory from './formulas.ts';

/** What figures are read off: a run, or several together. */
export type Figures = Pick<SimulationResult, 'response' | 'queueLengths'>;

/** One figure: predicted, and how to read it off. */
interface Quantity {
  readonly name: string;
  readonly expected: number;
  readonly figure: (figures: Figures) => number;
}

/** A model with a closed form. */
export interface TruthCase {
  readonly name: string;
  readonly strategy: string;
  scenario(load: number, requests: number): Scenario;
  quantities(load: number): readonly Quantity[];
}

const meanOf = ({ response }: Figures): number => response.meanMs / SERVICE_MS;

function mean(expected: number): Quantity {
  return { name: 'mean response', expected, figure: meanOf };
}

function quantile(p: number, expected: number): Quantity {
  const figure = ({ response }: Figures): number => response.quantileMs(p) / SERVICE_MS;
  return { name: `p${p * 100}`, expected, figure };
}

function tail(k: number, expected: number): Quantity {
  const figure = ({ queueLengths }: Figures): number =>
    queueLengths.slice(k).reduce((sum, share) => sum + share, 0);
  return { name: `P(Q ≥ ${k})`, expected, figure };
}

function modelCase(
  name: string,
  strategy: string,
  model: Omit<Model, 'load' | 'requests' | 'service'> & { readonly service?: string },
  quantities: (load: number, squaredCv: number) => readonly Quantity[],
): TruthCase {
  const service = modelService(model.service ?? 'exponential');
  return {
    name,
    strategy,
    scenario: (load, requests) => modelScenario({ ...model, service, load, requests }),
    quantities: (load) => quantities(load, distributionOf(service).squaredCv),
  };
}

/** Two servers, one three times as fast, and a random split in proportion to speed. */
const WEIGHTED_SPLIT: TruthCase = {
  name: 'random split by weight 3 : 1 over speeds 3 : 1',
  strategy: 'weighted-random',
  scenario(load, requests) {
    // Load per server and requests are as if the two had four times the speed of one between them.
    const base = modelScenario({
      servers: 4,
      load,
      requests,
      service: modelService('exponential'),
    });
    const [entry] = base.fleet;
    if (entry === undefined || base.load.kind !== 'open') return base;
    const fast = { distribution: 'exponential', meanMs: SERVICE_MS / 3 } as const;
    return {
      ...base,
      fleet: [
        { ...entry, id: 'fast', count: 1, weight: 3, service: fast },
        { ...entry, id: 'slow', count: 1, weight: 1 },
      ],
    };
  },
  quantities: (load) => [mean(theory.weightedSplitMean([3, 1], 4 * load))],
};

/** Every case. */
export const TRUTH_CASES: readonly TruthCase[] = [
  modelCase('M/M/1', 'random', { servers: 1 }, (load) => [
    mean(theory.mm1Mean(load)),
    quantile(0.5, theory.mm1Quantile(load, 0.5)),
    quantile(0.9, theory.mm1Quantile(load, 0.9)),
    quantile(0.99, theory.mm1Quantile(load, 0.99)),
    tail(1, load),
    tail(3, load ** 3),
  ]),
  modelCase('random split over 10 servers, each M/M/1', 'random', { servers: 10 }, (load) => [
    mean(theory.mm1Mean(load)),
    quantile(0.99, theory.mm1Quantile(load, 0.99)),
  ]),
  modelCase('M/M/4, one queue', 'round-robin', { servers: 1, concurrency: 4 }, (load) => [
    mean(theory.mmcMean(4, load)),
  ]),
  modelCase('M/M/50, one queue', 'round-robin', { servers: 1, concurrency: 50 }, (load) => [
    mean(theory.mmcMean(50, load)),
  ]),
  modelCase('M/D/1', 'random', { servers: 1, service: 'constant' }, (load, cv2) => [
    mean(theory.mg1Mean(load, cv2)),
  ]),
  modelCase('M/G/1, lognormal', 'random', { servers: 1, service: 'lognormal:0.8' }, (load, cv2) => [
    mean(theory.mg1Mean(load, cv2)),
  ]),
  modelCase(
    'M/G/1, hyperexponential of c² = 4',
    'random',
    { servers: 1, service: 'hyperexponential:2' },
    (load, cv2) => [mean(theory.mg1Mean(load, cv2))],
  ),
  modelCase(
    'M/G/1 processor sharing, c² = 4',
    'random',
    { servers: 1, service: 'hyperexponential:2', discipline: 'processor-sharing' },
    (load) => [mean(theory.mm1Mean(load))],
  ),
  modelCase('round robin over 2, E₂/M/1', 'round-robin', { servers: 2 }, (load) => [
    mean(theory.roundRobinMean(2, load)),
  ]),
  modelCase('round robin over 10, E₁₀/M/1', 'round-robin', { servers: 10 }, (load) => [
    mean(theory.roundRobinMean(10, load)),
  ]),
  modelCase('power of two choices over 1,000', 'power-of-two', { servers: 1000 }, (load) => [
    mean(theory.powerOfChoicesMean(load)),
    tail(1, theory.powerOfChoicesTail(load, 1)),
    tail(2, theory.powerOfChoicesTail(load, 2)),
    tail(3, theory.powerOfChoicesTail(load, 3)),
  ]),
  WEIGHTED_SPLIT,
];
