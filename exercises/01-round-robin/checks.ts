/** Exercise 01: n picks among n ready endpoints go to n different ones, round after round. */

import {
  candidatesCheck,
  conformanceCheck,
  defineExercise,
  type ExerciseChecks,
  firstTurn,
  fleetCheck,
  frugalCheck,
  orderCheck,
  type Referee,
} from '@evenkeel/course';

/** Within a stretch in which the ready set stays as it is, n picks in a row are n different ones. */
function turns(): Referee {
  let stretch: string[] = [];
  return {
    changed() {
      stretch = [];
    },
    picked({ picked, candidates }) {
      const round = candidates.length - 1;
      const recent = round === 0 ? [] : stretch.slice(-round);
      stretch.push(picked.id);
      if (!recent.includes(picked.id)) return undefined;
      const left = candidates.filter(({ id }) => !recent.includes(id)).map(({ id }) => id);
      return `${picked.id} was picked again before ${left.join(' and ')} had its turn`;
    },
  };
}

/** Once round, and then the same order again. */
function rounds(): Referee {
  let stretch: string[] = [];
  return {
    changed() {
      stretch = [];
    },
    picked({ picked, candidates }) {
      const expected = stretch[stretch.length - candidates.length];
      stretch.push(picked.id);
      if (expected === undefined || expected === picked.id) return undefined;
      return `${picked.id} was picked where the round before had ${expected}`;
    },
  };
}

const checks: ExerciseChecks = defineExercise({
  ...firstTurn,
  checks: [
    candidatesCheck(),
    fleetCheck({
      id: 'turns',
      law: 'while the same n endpoints are ready, n picks in a row go to n different ones',
      shape: { events: ['down', 'up'] },
      referee: turns,
    }),
    fleetCheck({
      id: 'rounds',
      law: 'each round has the order of the round before',
      shape: { events: ['down', 'up'] },
      referee: rounds,
    }),
    orderCheck(),
    conformanceCheck('repeatable', 'the same seed gives the same picks'),
    frugalCheck(),
  ],
});
export default checks;
