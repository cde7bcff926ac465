/** The axes of a chart, and how they write their figures. */

/** @import { Axis, ChartSpec } from '../src/charts/spec.ts' */

import { colour, NARROW_PX } from './theme.js';

const axisFigures = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

const nines = new Intl.NumberFormat('en-US', { maximumFractionDigits: 3 });

/** Percentiles of which the axis writes the name, as 1/(1 − p). */
const NINES = [2, 4, 10, 100, 1000, 10_000];

/** An axis label: the figure in the reader's unit. */
export function tick(/** @type {Axis['unit']} */ unit, /** @type {number} */ value) {
  if (unit === 'share') return `${axisFigures.format(value * 100)} %`;
  if (unit === 'nines') return `${nines.format(100 * (1 - 1 / value))} %`;
  if (unit === 'bytes') return `${axisFigures.format(value / 2 ** 20)} MiB`;
  if (unit === 'us') return `${axisFigures.format(value)} µs`;
  if (unit === 'times') return `${axisFigures.format(value)}×`;
  if (unit === 'perSecond') return `${axisFigures.format(value)}/s`;
  if (unit === 'seconds') return `${axisFigures.format(value / 1000)} s`;
  if (unit !== 'ms') return axisFigures.format(value);
  return value >= 1000
    ? `${axisFigures.format(value / 1000)} s`
    : `${axisFigures.format(value)} ms`;
}

/** 1, 2 and 5 of each decade: a log axis with every digit is a smear. */
function isRound(/** @type {number} */ value) {
  const digit = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
  return [1, 2, 5].some((one) => Math.abs(digit - one) < 1e-6);
}

/** Steps of 1, 2 or 5 MiB and their tens: Chart.js knows round numbers of bytes only. */
function byteStep(/** @type {ChartSpec} */ spec) {
  const figures = spec.datasets.flatMap(({ data }) =>
    data.map((one) => (typeof one === 'number' ? one : 0)),
  );
  const least = Math.max(...figures) / 8 / 2 ** 20;
  const decade = 10 ** Math.floor(Math.log10(Math.max(least, 1e-3)));
  const step = [1, 2, 5, 10].find((one) => one * decade >= least) ?? 10;
  return step * decade * 2 ** 20;
}

function axisOptions(/** @type {Axis} */ axis, /** @type {boolean} */ fromZero) {
  return {
    // Before Chart.js looks which labels have room beside each other.
    afterBuildTicks(/** @type {{ ticks: { value: number }[], max: number }} */ scale) {
      if (axis.unit === 'nines') {
        scale.ticks = NINES.filter((value) => value <= scale.max).map((value) => ({ value }));
      } else if (axis.log) scale.ticks = scale.ticks.filter(({ value }) => isRound(value));
    },
    type: axis.log ? 'logarithmic' : 'linear',
    beginAtZero: fromZero && !axis.log,
    ...(axis.min === undefined ? { suggestedMax: axis.max } : { min: axis.min, max: axis.max }),
    title: { display: true, text: axis.title, color: colour('muted') },
    grid: { color: colour('grid') },
    border: { display: false },
    ticks: {
      color: colour('muted'),
      maxRotation: 0,
      autoSkipPadding: 8,
      callback: (/** @type {string | number} */ value) => tick(axis.unit, Number(value)),
    },
  };
}

function categoryOptions(/** @type {ChartSpec} */ spec) {
  const bands = spec.layout === 'rows';
  return {
    type: 'category',
    offset: true,
    grid: { color: colour('grid'), display: bands },
    border: { display: false },
    ticks: {
      color: colour('text'),
      autoSkip: false,
      maxRotation: 60,
      callback: (/** @type {unknown} */ _, /** @type {number} */ index) =>
        wrapped(spec.labels[index] ?? ''),
    },
  };
}

/** On a narrow page a long name takes several lines instead of half of the chart. */
function wrapped(/** @type {string} */ label) {
  return innerWidth < NARROW_PX ? label.split(/(?<=-)|\s/) : label;
}

export function scalesOf(/** @type {ChartSpec} */ spec) {
  if (spec.layout === 'xy') {
    return {
      ...(spec.x && { x: axisOptions(spec.x, false) }),
      ...(spec.y && { y: axisOptions(spec.y, true) }),
    };
  }
  const value = spec.layout === 'rows' ? spec.x : spec.y;
  const figuresAxis = value ? axisOptions(value, true) : undefined;
  if (value?.unit === 'bytes' && figuresAxis) {
    Object.assign(figuresAxis.ticks, { stepSize: byteStep(spec) });
  }
  return spec.layout === 'rows'
    ? { x: figuresAxis, y: categoryOptions(spec) }
    : { x: categoryOptions(spec), y: figuresAxis };
}
