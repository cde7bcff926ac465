/** Checks that put a submission into the simulator. */

import {
  checkScenario,
  type SimulationOptions,
  type SimulationResult,
  simulate,
} from '@evenkeel/sim/engine';
import type { CheckContext } from './check.ts';
import { CheckFailed } from './failure.ts';

/** A scenario as it would stand in a file; name and title may be left out. */
export type ScenarioText = Readonly<Record<string, unknown>>;

const EVENTS_SHOWN = 12;

/** Runs a scenario; faults of the submission end the check, also those that cost one request only. */
export function simulated(
  context: CheckContext,
  text: ScenarioText,
  options: Omit<SimulationOptions, 'scenario'>,
): SimulationResult {
  const { seed } = context;
  const scenario = checkScenario({ name: 'check', title: 'check', seed, ...text }, 'check');
  try {
    return simulate({ scenario, timeline: true, ...options });
  } catch (error) {
    // The scenario is ours and holds: what stopped the run is an answer that no policy may give.
    const why = error instanceof Error ? error.message : String(error);
    throw new CheckFailed('a simulated run comes to its end', `the simulator stopped: ${why}`);
  } finally {
    context.remote.finish();
  }
}

/** @throws {CheckFailed} unless it holds; the trace is what happened to the endpoints */
export function expectRun(
  holds: boolean,
  expected: string,
  found: string,
  result: SimulationResult,
): undefined {
  if (holds) return undefined;
  const events = result.events
    .slice(0, EVENTS_SHOWN)
    .map(({ atMs, endpoint, type, from, to, reason }) => {
      const change = type === 'state' ? `${from} → ${to}` : type;
      return `${Math.round(atMs)} ms  ${endpoint}  ${change} (${reason})`;
    });
  const more = result.events.length - events.length;
  throw new CheckFailed(expected, found, more > 0 ? [...events, `… ${more} more events`] : events);
}
