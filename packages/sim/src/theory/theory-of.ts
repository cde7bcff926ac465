/** Which closed form, if any, says what a model's mean response has to be. */

import type { Model } from '../run/model.ts';
import { distributionOf } from '../scenario/fleet.ts';
import { mg1Mean, mm1Mean, powerOfChoicesMean, roundRobinMean } from './formulas.ts';

/** From so many servers on, the limit for infinitely many is as good as exact. */
const MANY = 500;

/** A prediction of the mean response, in service times. */
export interface Prediction {
  readonly name: string;
  readonly mean: number;
}

/** The closed form for this strategy, or undefined where there is none. */
export function theoryOf(model: Model, strategy: string): Prediction | undefined {
  const { servers, load, service, concurrency = 1, discipline = 'fifo' } = model;
  if (load >= 1 || concurrency !== 1) return undefined;
  const { squaredCv } = distributionOf(service);
  const isExponential = service.distribution === 'exponential';
  if (strategy === 'random' || servers === 1) {
    if (discipline === 'processor-sharing') return { name: 'M/G/1 PS', mean: mm1Mean(load) };
    if (isExponential) return { name: 'M/M/1', mean: mm1Mean(load) };
    return Number.isFinite(squaredCv)
      ? { name: 'M/G/1', mean: mg1Mean(load, squaredCv) }
      : undefined;
  }
  if (!isExponential || discipline !== 'fifo') return undefined;
  if (strategy === 'round-robin') return { name: 'E_n/M/1', mean: roundRobinMean(servers, load) };
  if (strategy === 'power-of-two' && servers >= MANY) {
    return { name: 'power of two choices', mean: powerOfChoicesMean(load) };
  }
  return undefined;
}
