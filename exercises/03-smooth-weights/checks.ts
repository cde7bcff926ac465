/** Exercise 03: the picks of nginx's smooth weighted round robin, one by one. */

import {
  candidatesCheck,
  conformanceCheck,
  defineExercise,
  type ExerciseChecks,
  fleetCheck,
  frugalCheck,
  type Plan,
  type Referee,
} from '@evenkeel/course';

/** The algorithm itself: each candidate earns its weight, the richest is picked and pays all of it. */
function reference(tiesToLast: boolean): Referee {
  let credit = new Map<object, number>();
  return {
    members(members) {
      credit = new Map(members.map((member) => [member, credit.get(member) ?? 0]));
    },
    picked({ picked, candidates }) {
      let total = 0;
      let expected = candidates[0];
      const credits: string[] = [];
      for (const candidate of candidates) {
        const present = (credit.get(candidate) ?? 0) + candidate.effectiveWeight;
        credit.set(candidate, present);
        credits.push(`${candidate.id} ${present}`);
        total += candidate.effectiveWeight;
        const most = (expected && credit.get(expected)) ?? 0;
        if (present > most || (tiesToLast && present === most)) expected = candidate;
      }
      if (expected !== undefined) credit.set(expected, (credit.get(expected) ?? 0) - total);
      if (picked === expected) return undefined;
      return `${picked.id} was picked where ${expected?.id} has the most credit (${credits.join(', ')})`;
    },
  };
}

const request = { does: 'request', key: 0 } as const;

/** The sequences that every textbook has. */
const EXAMPLES: readonly Plan[] = [
  { weights: [5, 1, 1], steps: Array(14).fill(request) },
  { weights: [4, 2, 1], steps: Array(14).fill(request) },
  { weights: [3, 1], steps: Array(8).fill(request) },
];

/** One leaves with debts, and another gets its slot. */
const NEWCOMER: Plan = {
  weights: [1, 1],
  steps: [
    request,
    { does: 'answer', attempt: 0, kind: 'ok' },
    { does: 'leave', endpoint: 0 },
    { does: 'join', weight: 1 },
    ...Array(4).fill(request),
  ],
};

/** One that is down for three requests, and back. */
const AWAY: Plan = {
  weights: [2, 1, 1],
  steps: [
    request,
    { does: 'down', endpoint: 0 },
    ...Array(3).fill(request),
    { does: 'up', endpoint: 0 },
    ...Array(4).fill(request),
  ],
};

const checks: ExerciseChecks = defineExercise({
  numbers: { tiesToLast: 0 },
  drawNumbers: (below) => ({ tiesToLast: below(2) }),
  explainNumbers: ({ tiesToLast }) => [
    `in a tie take the candidate that comes ${tiesToLast === 1 ? 'last' : 'first'} in the list`,
  ],
  checks: [
    candidatesCheck(),
    fleetCheck({
      id: 'smooth',
      law: 'each pick is that of smooth weighted round robin',
      shape: { weights: [1, 2, 3, 4, 5], events: ['answer'] },
      examples: EXAMPLES,
      referee: ({ numbers }) => reference(numbers.tiesToLast === 1),
    }),
    fleetCheck({
      id: 'changes',
      law: 'credit is kept by those that stay, and a newcomer begins with none',
      shape: {
        weights: [1, 2, 3],
        events: ['answer', 'down', 'up', 'join', 'leave', 'weigh'],
        steps: 40,
      },
      examples: [NEWCOMER, AWAY],
      runs: 150,
      referee: ({ numbers }) => reference(numbers.tiesToLast === 1),
    }),
    conformanceCheck('repeatable', 'the same seed gives the same picks'),
    frugalCheck(),
  ],
});
export default checks;
