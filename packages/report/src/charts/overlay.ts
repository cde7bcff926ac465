/**
 * Live and simulated in one canvas: what share of the answers took longer. Where the simulator is right
 * its dashed line lies on the solid one, in the middle and in the tail.
 *
 * The axis of time is always logarithmic, so that one distance is one percentage everywhere; the tail is
 * drawn as far as there are samples for it.
 */

import { mergeHistograms, percentileOrNull } from '../histogram.ts';
import { timesOf } from '../laws.ts';
import type { Arm, Section } from '../model/arms.ts';
import { duration, percent } from '../model/format.ts';
import { allLiveAndSimulated } from '../model/live-and-simulated.ts';
import type { Run, TimesOf } from '../results.ts';
import { armSeries } from './series.ts';
import type { ChartSpec, Dataset, Point } from './spec.ts';

const HEIGHT_PX = 340;
/** Shares that are drawn: these tenths, hundredths and thousandths. */
const STEPS = [9, 8, 7, 6, 5, 4, 3, 2, 1.5, 1];
const SHARES = [0.1, 0.01, 0.001].flatMap((decade, i) =>
  STEPS.filter((step) => i === 0 || step < 9).map((step) => step * decade),
);

const WORDS: Readonly<Record<TimesOf, { readonly title: string; readonly note: string }>> = {
  response: { title: 'Response time, live and simulated', note: '' },
  queueing: {
    title: 'Queueing time, live and simulated',
    note: ' Queueing is the response less the service: waiting, and what proxy and timers add.',
  },
};

const NOTE =
  'How many answers took longer: at 50\u00a0% a line is at its median, at 1\u00a0% at its p99. Solid: live; dashed: simulated.';

interface Curve {
  readonly label: string;
  readonly arm: Arm;
  readonly isSimulated: boolean;
  readonly points: readonly Point[];
}

/** Null where there is nothing to lay over each other. */
export function overlayChart(section: Section, of: TimesOf): ChartSpec | null {
  const curves = allLiveAndSimulated(section).flatMap((both) => [
    curve(both.live, both.liveRuns, of, false),
    curve(both.live, both.simulatedRuns, of, true),
  ]);
  const length = Math.min(...curves.map(({ points }) => points.length));
  if (curves.length === 0 || length === 0) return null;
  // As far as all of them reach, so that each row of the table has a figure for each.
  const shown = curves.map((one) => ({ ...one, points: one.points.slice(0, length) }));
  return {
    id: `${section.id}--${of}-simulated`,
    title: WORDS[of].title,
    note: `${NOTE}${WORDS[of].note}`,
    heightPx: HEIGHT_PX,
    wide: false,
    layout: 'xy',
    labels: [],
    datasets: shown.map(datasetOf),
    x: { title: `${of} time`, unit: 'ms', log: true },
    y: { title: 'share of answers that took longer', unit: 'share', log: true },
    bands: [],
    marks: [],
    legend: shown.map(({ label, arm: { slot, key }, isSimulated }) => {
      return { label, slot, dashed: isSimulated, key };
    }),
    table: {
      head: ['took longer', ...shown.map(({ label }) => label)],
      rows: SHARES.slice(0, length).map((share, i) => [
        percent(share, 2),
        ...shown.map(({ points }) => duration(points[i]?.x ?? null)),
      ]),
    },
  };
}

/** Points in the order of `SHARES`, up to the last one that has samples enough. */
function curve(arm: Arm, runs: readonly Run[], of: TimesOf, isSimulated: boolean): Curve {
  const merged = mergeHistograms(runs.map((run) => timesOf(run, of)?.histogram ?? null));
  const points: Point[] = [];
  for (const share of SHARES) {
    const x = percentileOrNull(merged, 1 - share);
    if (x === null) break;
    points.push({ x, y: share });
  }
  const label = `${arm.label}, ${isSimulated ? 'simulated' : 'live'}`;
  return { label, arm, isSimulated, points };
}

function datasetOf({ label, arm, isSimulated, points }: Curve): Dataset {
  const texts = points.map(({ x }) => duration(x));
  return { ...armSeries(arm, 'line', points, texts), label, dashed: isSimulated };
}
