/** Exercise 11: hidden scenarios, drawn from the course's seed, against the power of two choices. */

import { type StrategyFactory, seededRandom, strategyNamed } from '@evenkeel/core';
import {
  type Check,
  type CheckContext,
  candidatesCheck,
  conformanceCheck,
  defineExercise,
  type ExerciseChecks,
  type Partly,
  type ScenarioText,
  simulated,
} from '@evenkeel/course';
import { FAMILIES, type Family } from './families.ts';

const BASELINE = 'power-of-two';
const RUNS = 2;

/** From the ratio to the baseline to a share of the points: like the baseline half, much better all, worse none. */
const LIKE = 0.18;
const MUCH_BETTER = 0.6;
const MUCH_WORSE = 1.4;
const BASE = 0.5;

/** The less the better: slow answers and errors both count. */
function cost(context: CheckContext, text: ScenarioText, strategy: StrategyFactory): number {
  const { requests, response } = simulated(context, text, { strategy });
  const failed = 1 - requests.ok / Math.max(1, requests.sent);
  return Math.sqrt(response.meanMs * response.quantileMs(0.99)) * (1 + 20 * failed);
}

function shareOf(ratio: number): number {
  if (Math.abs(ratio - 1) <= LIKE) return BASE;
  if (ratio < 1)
    return BASE + (1 - BASE) * Math.min(1, (1 - LIKE - ratio) / (1 - LIKE - MUCH_BETTER));
  return Math.max(0, (BASE * (MUCH_WORSE - ratio)) / (MUCH_WORSE - 1 - LIKE));
}

function race({ draw, law }: Family, context: CheckContext): Partly {
  let sum = 0;
  for (let i = 0; i < RUNS; i++) {
    const seed = (context.seed + i) >>> 0;
    const here = { ...context, seed };
    const text = draw(seededRandom(seed));
    const theirs = cost(here, text, context.remote.strategy);
    const baseline = cost(here, text, strategyNamed(BASELINE).create());
    sum += Math.log(theirs / baseline);
    context.remote.discard();
  }
  const ratio = Math.exp(sum / RUNS);
  const share = shareOf(ratio);
  const percent = Math.round(Math.abs(1 - ratio) * 100);
  const how = ratio < 1 ? 'less' : 'more';
  return {
    share,
    message: `${law}: your mean and 99th percentile cost ${percent} % ${how} than ${BASELINE}`,
  };
}

const RACES = FAMILIES.map(
  (family): Check => ({
    id: family.id,
    law: `${family.law}: better than ${BASELINE}`,
    run: (context) => race(family, context),
  }),
);

const checks: ExerciseChecks = defineExercise({
  checks: [
    candidatesCheck(),
    conformanceCheck('repeatable', 'the same seed gives the same picks'),
    ...RACES,
  ],
});
export default checks;
