/** Exercise 04: never one that is busier than another, and light traffic is shared. */

import { FakeFleet, requestWith } from '@evenkeel/core/testing';
import {
  type CheckContext,
  CheckFailed,
  candidatesCheck,
  conformanceCheck,
  defineExercise,
  type ExerciseChecks,
  fleetCheck,
  frugalCheck,
  type Referee,
  recorded,
} from '@evenkeel/course';

function least(bias: number): Referee {
  return {
    picked({ picked, candidates, inFlight }) {
      const loads = candidates.map(({ weight }, i) => ((inFlight[i] ?? 0) + bias) / weight);
      const fewest = Math.min(...loads);
      const load = loads[candidates.indexOf(picked)] ?? 0;
      if (load <= fewest) return undefined;
      const better = candidates[loads.indexOf(fewest)];
      return `${picked.id} was picked with load ${told(load)}, while ${better?.id} had ${told(fewest)}`;
    },
  };
}

function told(load: number): string {
  return `${Number(load.toFixed(2))}`;
}

const TIES = 'among equals each gets its share';

/** An idle fleet is one big tie: four equal endpoints, one request at a time. */
function ties({ remote, seed }: CheckContext): undefined {
  const { factory, trace } = recorded(remote.strategy);
  const fleet = new FakeFleet(factory, seed, [1, 1, 1, 1]);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 400; i++) {
    const attempt = fleet.start(requestWith(i));
    counts[attempt.endpoint.slot] = (counts[attempt.endpoint.slot] ?? 0) + 1;
    fleet.clock.advance(1);
    fleet.settle(attempt);
  }
  if (counts.every((count) => count >= 60 && count <= 140)) return undefined;
  const found = `of 400 requests to an idle fleet the four got ${counts.join(', ')}`;
  throw new CheckFailed(`${TIES}: 60 to 140 of 400 each`, found, trace().lines(), trace().steps());
}

const checks: ExerciseChecks = defineExercise({
  numbers: { bias: 0 },
  drawNumbers: (below) => ({ bias: below(5) }),
  explainNumbers: ({ bias }) => [`BIAS = ${bias}`],
  checks: [
    candidatesCheck(),
    fleetCheck({
      id: 'least',
      law: 'none of the candidates has a smaller load, (in flight + BIAS) / weight, than the one picked',
      runs: 300,
      shape: {
        weights: [1, 2, 4],
        events: ['answer', 'answer', 'down', 'up', 'join', 'leave'],
        steps: 50,
      },
      referee: ({ numbers }) => least(numbers.bias ?? 0),
    }),
    { id: 'ties', law: TIES, run: ties },
    conformanceCheck('repeatable', 'the same seed gives the same picks'),
    conformanceCheck('newcomer', 'a newcomer gets its share, in an old slot too'),
    frugalCheck(),
  ],
});
export default checks;
