/** When was a run back within its objectives? Detection and recovery, as the contract defines them. */

import type { SimulationResult } from '../engine/result.ts';
import type { Scenario } from '../scenario/types.ts';
import type { TimelineWindow } from '../stats/timeline.ts';

/** So many good windows of 500 ms in a row are a steady state. */
const STEADY_WINDOWS = 4;

type Judged = Pick<Scenario, 'objectives' | 'load'>;

function isGood({ n, ok, response }: TimelineWindow, { objectives }: Judged): boolean {
  if (n === 0 || ok / n < (objectives.availability ?? 1)) return false;
  return objectives.p99Ms === undefined || response.quantileMs(0.99) <= objectives.p99Ms;
}

/** Start of the first of four good windows that begin within [fromMs, beforeMs); undefined: there is none. */
function steadyFrom(
  windows: readonly TimelineWindow[],
  judged: Judged,
  fromMs: number,
  beforeMs: number,
): number | undefined {
  const first = windows.findIndex(({ tMs }, i) => {
    if (tMs < fromMs || tMs >= beforeMs || i + STEADY_WINDOWS > windows.length) return false;
    return windows.slice(i, i + STEADY_WINDOWS).every((window) => isGood(window, judged));
  });
  return windows[first]?.tMs;
}

/**
 * Detection, from the start of the first fault while it lasts, and recovery, from the end of the last; null
 * where there was no fault, or it did not come to it. Times to the window's start, ≥ 0.
 */
export function steadyTimes(
  scenario: Judged,
  { timeline, faults }: Pick<SimulationResult, 'timeline' | 'faults'>,
): { readonly detectMs: number | null; readonly recoverMs: number | null } {
  const [first] = faults;
  if (first === undefined) return { detectMs: null, recoverMs: null };
  const { warmupMs, durationMs } = scenario.load;
  const since = (atMs: number, beforeMs: number): number | null => {
    const steady = steadyFrom(timeline, scenario, atMs, beforeMs);
    return steady === undefined ? null : steady - atMs;
  };
  const lastEndMs = Math.max(...faults.map(({ endMs }) => (endMs ?? Infinity) - warmupMs));
  return {
    detectMs: since(first.startMs - warmupMs, (first.endMs ?? Infinity) - warmupMs),
    recoverMs: lastEndMs < durationMs ? since(lastEndMs, durationMs) : null,
  };
}
