/** The verdicts of a scenario: comparisons with their intervals, objectives with their limits. */

import type { Arm, Section } from '../model/arms.ts';
import { answered, byName, number, pValue, UNKNOWN, words } from '../model/format.ts';
import {
  armObjective,
  labelOf,
  metricName,
  shownInterval,
  verdictWords,
} from '../model/verdicts.ts';
import type { Comparison, Objective } from '../results.ts';
import { sign } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { swatch, table } from './table.ts';

/** Drawing width and height of an interval, in SVG units. */
const WIDTH = 104;
const HEIGHT = 18;

export function comparisonTable(section: Section): Content {
  const { comparisons } = section;
  if (comparisons.length === 0) return null;
  const span = widestChange(comparisons);
  const references = new Set(comparisons.map((one) => one.b));
  const reference = references.size === 1 ? labelOf(section, [...references][0] ?? '') : null;
  return html`<h4>Verdicts${reference !== null && ` against ${reference}`}</h4>
<p class="note">What was answered comes first: an arm that answered less is never better, and a percentile
counts a failed request as never answered. Then the ratio of both arms in each round that was
valid for all: its geometric mean with an interval (Student's t) at Holm's level, so that all of
these hold together with 95 %, and p after Holm's adjustment (no p: not one of the family). In the drawing the upright line is “no
difference”${span > 0 && html`, the ends a factor of ${number(Math.exp(span))} off`}.</p>
${table({
  caption: 'Comparisons',
  prose: [1, 3, 4],
  head: ['compared', 'verdict', 'answered', 'metric', '', 'ratio (interval)', 'rounds', 'p'],
  rows: comparisons.map((one) => [
    reference === null ? pairName(section, one) : armName(section, one.a),
    html`<span class="verdict ${one.verdict}">${verdictWords(one)}</span>`,
    answeredWords(one),
    metricName(one.metric),
    interval(one, span),
    ratioWords(one),
    one.n,
    pValue(one.adjustedP),
  ]),
})}`;
}

function pairName(section: Section, { a, b }: Comparison): Html {
  return html`${armName(section, a)} <span class="against">against</span> ${labelOf(section, b)}`;
}

function armName(section: Section, armId: string): Html {
  const arm = section.arms.find((one) => one.id === armId);
  return html`${arm !== undefined && swatch(arm.slot, arm.repeat)}${labelOf(section, armId)}`;
}

/** Of the arm, and of the reference where that is not the same. */
function answeredWords({ answered: shares }: Comparison): string {
  if (shares === undefined) return UNKNOWN;
  const { a, b } = shares;
  return a === b ? answered(a) : `${answered(a)}, reference ${answered(b)}`;
}

function ratioWords(comparison: Comparison): string {
  const { ratio } = comparison;
  const [low, high] = shownInterval(comparison);
  if (ratio === null) return UNKNOWN;
  if (low === null || high === null) return number(ratio);
  return `${number(ratio)} (${number(low)} – ${number(high)})`;
}

/** The farthest bound from 1, as the logarithm of a ratio, so that halves and doubles lie alike. */
function widestChange(comparisons: readonly Comparison[]): number {
  const bounds = comparisons
    .flatMap((one) => [one.ratio, ...shownInterval(one)])
    .filter((bound) => bound !== null && bound > 0);
  return Math.max(0, ...bounds.map((bound) => Math.abs(Math.log(bound ?? 1))));
}

/** The interval on a log axis around 1; the figures stand beside it. */
function interval(comparison: Comparison, span: number): Content {
  const { ratio } = comparison;
  const [low, high] = shownInterval(comparison);
  if (ratio === null || span === 0) return null;
  const x = (value: number) => {
    const place = Math.max(-1, Math.min(1, Math.log(Math.max(value, 1e-9)) / span));
    return (WIDTH / 2 + place * (WIDTH / 2 - 6)).toFixed(1);
  };
  const middle = HEIGHT / 2;
  const bar =
    low !== null &&
    high !== null &&
    html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="${middle}" y2="${middle}"/>`;
  return html`<svg class="forest" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true">
<line class="one" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="0" y2="${HEIGHT}"/>${bar}
<circle class="ratio" cx="${x(ratio)}" cy="${middle}" r="4"/></svg>`;
}

/** A row for each arm: there are more arms than objectives as soon as products are compared. */
export function objectiveTable(section: Section): Content {
  const runs = section.arms.flatMap((arm) => arm.runs);
  const limits = new Map<string, number>();
  for (const objective of runs.flatMap((run) => run.objectives)) {
    limits.set(objective.name, objective.limit);
  }
  if (limits.size === 0) return null;
  return html`<h4>Objectives</h4>
${table({
  caption: 'Objectives',
  head: ['strategy', 'answered', ...[...limits].map(objectiveHead)],
  rows: section.arms.map((arm) => [
    html`${swatch(arm.slot, arm.repeat)}${arm.label}`,
    answered(arm.answered),
    ...[...limits.keys()].map((name) => objectiveCell(arm, name)),
  ]),
})}`;
}

function objectiveHead([name, limit]: readonly [string, number]): Html {
  const relation = name === 'availability' ? '≥' : '≤';
  return html`${words(name)}<br>${relation}\u00a0${byName(name, limit)}`;
}

function objectiveCell(arm: Arm, name: string): Content {
  const found = armObjective(arm, name);
  if (found === null) return UNKNOWN;
  const { objective, passed, of } = found;
  return html`${sign(objective.verdict)} ${measuredWords(arm, objective)}${
    of > 1 && html`<br><span class="quiet">${passed} of ${of}</span>`
  }`;
}

/** A figure with what has to be known of it: `at least 1.2×`, `never out`, `no POST was sent`. */
function measuredWords(arm: Arm, { name, measured, note }: Objective): string {
  if (name === 'detectMs' && arm.runs.every(({ neverOut }) => neverOut)) return 'never out';
  const text = byName(name, measured);
  if (note === undefined) return text;
  return note === 'at least' ? `at least ${text}` : note;
}
