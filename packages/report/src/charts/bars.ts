/**
 * Grouped bars from zero, a bar for each arm: each backend's share of the attempts, and errors by
 * cause.
 */

import type { Arm, Section } from '../model/arms.ts';
import { count, percent } from '../model/format.ts';
import { type BackendCounts, ERROR_CAUSES, type FleetGroup, type Run } from '../results.ts';
import { armLegend, armSeries, drawable } from './series.ts';
import type { ChartSpec } from './spec.ts';

const HEIGHT_PX = 280;
/** More bars than this need the whole width. */
const MOST_NARROW_BARS = 28;
/** More bars of one arm than this are gathered by the fleet's groups. */
const MOST_BACKENDS = 12;

/** Null where no run says what its backends received. */
export function backendChart(section: Section): ChartSpec | null {
  const arms = drawable(section.arms).filter((arm) =>
    arm.valid.some((run) => run.backends.some((backend) => backend.requests > 0)),
  );
  if (arms.length === 0) return null;
  const ids = idsOf(arms);
  const fleet = section.scenario?.fleet ?? [];
  const grouped = ids.length > MOST_BACKENDS;
  const labels = grouped ? [...new Set(ids.map((id) => groupOf(id, fleet)))] : ids;
  const values = arms.map((arm) => shares(arm, labels, grouped ? fleet : null));
  return {
    ...grid(arms, labels, values, (value) => percent(value)),
    id: `${section.id}--backends`,
    title: grouped ? 'Requests per group of backends' : 'Requests per backend',
    note: 'Share of the attempts that each received, retries included.',
    y: { title: 'share of attempts', unit: 'share', log: false },
  };
}

/** Null where nothing failed. */
export function errorCauseChart(section: Section): ChartSpec | null {
  const arms = drawable(section.arms);
  const columns = [
    ...ERROR_CAUSES.map((cause) => ({
      label: ERROR_WORDS[cause],
      of: (arm: Arm) => arm.requests.errors[cause],
    })),
    { label: 'lost', of: (arm: Arm) => arm.requests.lost },
  ].filter((column) => arms.some((arm) => column.of(arm) > 0));
  if (columns.length === 0) return null;
  const values = arms.map((arm) => columns.map((column) => column.of(arm)));
  const labels = columns.map((column) => column.label);
  return {
    ...grid(arms, labels, values, count),
    id: `${section.id}--errors`,
    title: 'Errors by cause',
    note: 'Requests that got no good answer. Lost: no answer in time although the subject was up.',
    y: { title: 'requests', unit: 'count', log: false },
  };
}

/** The causes as a reader would say them. */
export const ERROR_WORDS: Readonly<Record<(typeof ERROR_CAUSES)[number], string>> = {
  refused: 'refused',
  reset: 'reset',
  timeout: 'timeout',
  truncated: 'truncated',
  status4xx: 'status 4xx',
  status5xx: 'status 5xx',
  other: 'other',
};

function grid(
  arms: readonly Arm[],
  labels: readonly string[],
  values: readonly (readonly number[])[],
  text: (value: number) => string,
): Omit<ChartSpec, 'id' | 'title' | 'note' | 'y'> {
  return {
    heightPx: HEIGHT_PX,
    wide: arms.length * labels.length > MOST_NARROW_BARS,
    layout: 'columns',
    labels,
    datasets: arms.map((arm, i) => {
      const row = values[i] ?? [];
      return armSeries(arm, 'bars', row, row.map(text));
    }),
    x: null,
    bands: [],
    marks: [],
    legend: armLegend(arms),
    table: {
      head: ['strategy', ...labels],
      rows: arms.map((arm, i) => [arm.label, ...(values[i] ?? []).map(text)]),
    },
  };
}

/** All backends of the arms, in the order of their names. */
export function idsOf(arms: readonly Arm[]): readonly string[] {
  const runs = arms.flatMap((arm) => arm.valid);
  const ids = new Set(runs.flatMap((run) => run.backends.map((backend) => backend.id)));
  return [...ids].sort((x, y) => x.localeCompare(y, 'en', { numeric: true }));
}

/** `fast-3` belongs to `fast`, as does `fast` itself; unknown ids stand for themselves. */
export function groupOf(id: string, fleet: readonly FleetGroup[]): string {
  const group = fleet.find((one) => id === one.id || id.replace(/-\d+$/, '') === one.id);
  return group === undefined ? id : `${group.id} ×${group.count}`;
}

/** Each label's part of all attempts of the arm. One run's figures are those of the file. */
function shares(
  arm: Arm,
  labels: readonly string[],
  fleet: readonly FleetGroup[] | null,
): readonly number[] {
  const [only, ...others] = arm.valid;
  const label = (backend: BackendCounts) =>
    fleet === null ? backend.id : groupOf(backend.id, fleet);
  const sum = (of: (backend: BackendCounts) => number) =>
    labels.map((wanted) =>
      arm.valid
        .flatMap((run: Run) => run.backends)
        .filter((backend) => label(backend) === wanted)
        .reduce((total, backend) => total + of(backend), 0),
    );
  if (only !== undefined && others.length === 0) return sum((backend) => backend.share);
  const requests = sum((backend) => backend.requests);
  const all = requests.reduce((total, value) => total + value, 0);
  return requests.map((value) => value / all);
}
