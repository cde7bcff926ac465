/** Exercise 02: turns survive that an endpoint goes down, comes back, joins or leaves. */

import {
  candidatesCheck,
  conformanceCheck,
  defineExercise,
  type ExerciseChecks,
  firstTurn,
  fleetCheck,
  frugalCheck,
  orderCheck,
  type Plan,
  type Referee,
} from '@evenkeel/course';

/** Since one endpoint's last pick: which endpoints were ready all the time, and how often each was picked. */
interface Lap {
  readonly steady: Set<string>;
  readonly picks: Map<string, number>;
}

/** Between two picks of one endpoint, each that was ready all the time was picked exactly once. */
function fair(): Referee {
  const laps = new Map<string, Lap>();
  return {
    changed(ready) {
      const now = new Set(ready.map(({ id }) => id));
      for (const { steady } of laps.values()) {
        for (const id of steady) if (!now.has(id)) steady.delete(id);
      }
    },
    picked({ picked, candidates }) {
      const lap = laps.get(picked.id);
      const odd = lap && [...lap.steady].find((id) => lap.picks.get(id) !== 1 && id !== picked.id);
      for (const { picks } of laps.values()) picks.set(picked.id, (picks.get(picked.id) ?? 0) + 1);
      laps.set(picked.id, {
        steady: new Set(candidates.map(({ id }) => id)),
        picks: new Map(),
      });
      if (lap === undefined || odd === undefined) return undefined;
      const times = lap.picks.get(odd) ?? 0;
      const how = times === 0 ? 'was passed over' : `was picked ${times} times`;
      return `${odd}, ready all the time, ${how} between two picks of ${picked.id}`;
    },
  };
}

const request = { does: 'request', key: 0 } as const;

/** Each of four leaves once, the one with the last turn among them; another joins. */
const LEAVING: readonly Plan[] = [0, 1, 2, 3].map((endpoint) => ({
  weights: [1, 1, 1, 1],
  steps: [
    ...Array(3).fill(request),
    { does: 'leave', endpoint },
    ...Array(7).fill(request),
    { does: 'join', weight: 1 },
    ...Array(9).fill(request),
  ],
}));

const checks: ExerciseChecks = defineExercise({
  ...firstTurn,
  checks: [
    candidatesCheck(),
    fleetCheck({
      id: 'fair',
      law: 'between two picks of one endpoint, each other that was ready all the time is picked once',
      shape: { events: ['down', 'up', 'join', 'leave'], steps: 40 },
      examples: LEAVING,
      runs: 120,
      referee: fair,
    }),
    orderCheck(),
    conformanceCheck('repeatable', 'the same seed gives the same picks'),
    conformanceCheck('newcomer', 'a newcomer gets its share, in an old slot too'),
    frugalCheck(),
  ],
});
export default checks;
