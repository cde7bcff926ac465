/** A live arm and the simulator's answer to the same requests, over the rounds that count for both. */

import { armOf } from '../laws.ts';
import { type Comparison, type Run, SIMULATED } from '../results.ts';
import type { Arm, Section } from './arms.ts';

export interface LiveAndSimulated {
  readonly live: Arm;
  readonly simulated: Arm;
  readonly liveRuns: readonly Run[];
  readonly simulatedRuns: readonly Run[];
}

/** The two sides of a comparison with the simulator; null where one of them has no run that counts. */
export function liveAndSimulatedOf(
  section: Section,
  { a, b }: Pick<Comparison, 'a' | 'b'>,
): LiveAndSimulated | null {
  const live = section.arms.find((arm) => arm.id === b);
  const simulated = section.simulator?.arms.find((arm) => arm.id === a);
  if (live === undefined || simulated === undefined) return null;
  const both = (runs: readonly Run[], others: readonly Run[]): Run[] =>
    runs.filter(({ round }) => others.some((other) => other.round === round));
  const liveRuns = both(live.valid, simulated.valid);
  const simulatedRuns = both(simulated.valid, live.valid);
  if (liveRuns.length === 0) return null;
  return { live, simulated, liveRuns, simulatedRuns };
}

/** Every arm that was simulated as it ran live, once. */
export function allLiveAndSimulated(section: Section): readonly LiveAndSimulated[] {
  return section.arms.flatMap((arm) => {
    const own = section.simulator?.comparisons.find(
      ({ a, b }) => b === arm.id && a === armOf({ subject: SIMULATED, strategy: arm.strategy }),
    );
    return own === undefined ? [] : (liveAndSimulatedOf(section, own) ?? []);
  });
}
