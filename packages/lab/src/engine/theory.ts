/** What theory says of a scenario: closed forms for the mean response, where there are any. */

import { distributionOf, expandFleet, type Scenario } from '@evenkeel/sim/engine';
import { ratePerSecond } from '@evenkeel/sim/fleet';
import { mmcMean, powerOfChoicesMean, roundRobinMean } from '@evenkeel/sim/theory';

/** A closed form and its value. */
export interface Theory {
  readonly name: string;
  readonly meanMs: number;
}

/** A fleet that theory can say something about. */
interface Model {
  readonly servers: number;
  readonly concurrency: number;
  readonly meanMs: number;
  readonly load: number;
}

/** Equal exponential backends under an undisturbed Poisson load below capacity; undefined otherwise. */
function modelOf(scenario: Scenario): Model | undefined {
  const { load, faults, actions, sim } = scenario;
  if (load.kind !== 'open' || load.arrivals.kind !== 'poisson' || load.clientRetries > 0) return;
  if (faults.length + actions.length > 0 || sim.staleMs > 0) return;
  const fleet = expandFleet(scenario);
  const [first] = fleet;
  if (first === undefined || first.service.distribution !== 'exponential') return;
  const { mean: meanMs } = distributionOf(first.service);
  const { concurrency } = first;
  const isEqual = fleet.every(
    (one) =>
      one.service.distribution === 'exponential' &&
      one.discipline === 'fifo' &&
      one.concurrency === concurrency &&
      distributionOf(one.service).mean === meanMs,
  );
  const rate = ratePerSecond({ ...scenario, load });
  const share = (rate * meanMs) / 1000 / (fleet.length * concurrency);
  if (!isEqual || share >= 1) return;
  return { servers: fleet.length, concurrency, meanMs, load: share };
}

/** The closed form for a strategy on this scenario. */
export function theoryFor(scenario: Scenario, strategy: string | undefined): Theory | undefined {
  const model = modelOf(scenario);
  if (model === undefined) return undefined;
  const { servers, concurrency, meanMs, load } = model;
  if (strategy === 'random' || servers === 1) {
    const name = concurrency === 1 ? 'M/M/1' : `M/M/${concurrency}`;
    return { name, meanMs: meanMs * mmcMean(concurrency, load) };
  }
  if (concurrency !== 1 || scenario.sim.balancers > 1) return undefined;
  if (strategy === 'round-robin') {
    return { name: `E${servers}/M/1`, meanMs: meanMs * roundRobinMean(servers, load) };
  }
  if (strategy === 'power-of-two') {
    return { name: 'two choices, many servers', meanMs: meanMs * powerOfChoicesMean(load) };
  }
  return undefined;
}

/** One queue for all: no strategy that decides at once can have a smaller mean. */
export function bestPossible(scenario: Scenario): Theory | undefined {
  const model = modelOf(scenario);
  if (model === undefined) return undefined;
  const slots = model.servers * model.concurrency;
  return { name: `M/M/${slots}, one queue`, meanMs: model.meanMs * mmcMean(slots, model.load) };
}
