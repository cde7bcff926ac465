/** Turns in a given order: where a student's round robin begins is the student's own number. */

import type { Check, ExerciseChecks } from './check.ts';
import type { Referee } from './plan.ts';
import { fleetCheck } from './property.ts';

/** So many that two students hardly ever have the same for fleets of up to five. */
const FIRSTS = 60;

/** The number `first`: without an id the first of the list begins, for a student one of their own. */
export const firstTurn: Pick<ExerciseChecks, 'numbers' | 'drawNumbers' | 'explainNumbers'> = {
  numbers: { first: 0 },
  drawNumbers: (below) => ({ first: below(FIRSTS) }),
  explainNumbers: ({ first }) => [`FIRST = ${first}`],
};

function inOrder(first: number): Referee {
  let turn = first;
  return {
    picked({ picked, candidates }) {
      const expected = candidates[turn++ % candidates.length];
      if (picked === expected) return undefined;
      return `${picked.id} was picked where ${expected?.id} is next (FIRST = ${first})`;
    },
  };
}

/** A check that, while nothing changes, turns begin with number `first` and follow the list. */
export function orderCheck(): Check {
  return fleetCheck({
    id: 'order',
    law: 'the first turn is that of number FIRST, modulo how many there are, and turns follow the list',
    shape: { events: [] },
    referee: ({ numbers }) => inOrder(numbers.first ?? 0),
  });
}
