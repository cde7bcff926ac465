/**
 * Before anything is measured: warms every arm and the generator, and finds out how well this
 * machine keeps time with the whole stage running. It is shown, and written into the environment.
 */

import { type Environment, format } from '@evenkeel/report';
import type { Scenario } from '@evenkeel/sim';
import type { Display } from '../output/display.ts';
import { nameOf } from './arms.ts';
import { recordOf } from './record.ts';
import type { Stage } from './stage.ts';

const WARM_UP_MS = 100;
const DURATION_MS = 900;
const SEED = 1;

/** One second at the scenario's rate on each arm; the figures are the worst of them. */
export async function calibrate(
  stage: Stage,
  scenario: Scenario,
  display: Display,
): Promise<Readonly<Record<string, number | null>>> {
  const load = { ...scenario.load, warmupMs: WARM_UP_MS, durationMs: DURATION_MS };
  // A closed loop has no intended times that it could miss.
  let latenessP99Ms: number | null = null;
  let loopLagP99Ms = 0;
  for (const [i, arm] of stage.presentArms.entries()) {
    display.status(`calibration  ${nameOf(arm)}`, i / stage.presentArms.length);
    const raw = await stage.run(arm, { load, seed: SEED });
    const place = { arm, round: 1, order: 1, seed: SEED, commandEpochMs: 0 };
    const { generator } = recordOf({ ...scenario, load }, place, raw).run;
    latenessP99Ms = later(latenessP99Ms, generator?.latenessP99Ms ?? null);
    loopLagP99Ms = Math.max(loopLagP99Ms, generator?.loopLagP99Ms ?? 0);
  }
  const late =
    latenessP99Ms === null ? '' : `sends up to ${format.duration(latenessP99Ms)} late at p99, `;
  display.line(`calibration: ${late}loop lag ${format.duration(loopLagP99Ms)}`);
  return {
    calibrationLatenessP99Ms: latenessP99Ms,
    calibrationLoopLagP99Ms: loopLagP99Ms,
  } satisfies Partial<Environment>;
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}
