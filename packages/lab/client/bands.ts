/** The stretches of time in which something is broken, each once, however many backends it hits. */

import { endOfLoadMs, resolveFaults, type Scenario } from '@evenkeel/sim/engine';

/** One stretch, from the start of the load. */
export interface FaultBand {
  readonly startMs: number;
  readonly endMs: number;
  /** What, of which backends. */
  readonly title: string;
}

/** In the order of the scenario. */
export function faultBands(scenario: Scenario): FaultBand[] {
  const lastMs = endOfLoadMs(scenario.load);
  const all = resolveFaults(scenario, scenario.seed).map(
    ({ startMs, endMs = lastMs, fault, target }) => ({ startMs, endMs, kind: fault.kind, target }),
  );
  const groups = Map.groupBy(all, ({ startMs, endMs, kind }) => `${startMs} ${endMs} ${kind}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { startMs, endMs, kind } = first;
    const title = `${kind} of ${group.map(({ target }) => target).join(', ')}`;
    return [{ startMs, endMs, title }];
  });
}
