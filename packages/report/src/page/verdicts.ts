/** The verdicts of a scenario: comparisons with their intervals, objectives with their limits. */

import type { Arm, Section } from '../model/arms.ts';
import { answered, byName, number, pValue, UNKNOWN, words } from '../model/format.ts';
import {
  armObjective,
  labelOf,
  metricName,
  objectivesInWords,
  shownInterval,
  verdictWords,
} from '../model/verdicts.ts';
import type { Comparison, Objective } from '../results.ts';
import { intervalDrawing, widestChange } from './forest.ts';
import { sign } from './header.ts';
import { type Content, type Html, html } from './html.ts';
import { swatch, table } from './table.ts';

export function comparisonTable(section: Section): Content {
  const { comparisons } = section;
  if (comparisons.length === 0) return null;
  const span = widestChange(comparisons.map((one) => [one.ratio, ...shownInterval(one)]));
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
  of: section.id,
  prose: [1, 3, 4],
  head: ['compared', 'verdict', 'answered', 'metric', 'ratio (interval)', 'rounds', 'p'],
  rows: comparisons.map((one) => [
    reference === null ? pairName(section, one) : armName(section, one.a),
    html`<span class="verdict ${one.verdict}">${verdictWords(one)}</span>`,
    answeredWords(one),
    metricName(one.metric),
    html`${intervalDrawing(one.ratio, ...shownInterval(one), span)} ${ratioWords(one)}`,
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

/** A row for each arm: there are more arms than objectives as soon as products are compared. */
export function objectiveTable(section: Section): Content {
  const runs = section.arms.flatMap((arm) => arm.runs);
  const limits = new Map<string, number>();
  for (const objective of runs.flatMap((run) => run.objectives)) {
    limits.set(objective.name, objective.limit);
  }
  if (limits.size === 0) return null;
  return html`<h4>Each strategy by the objectives</h4>
${table({
  caption: 'Objectives',
  of: section.id,
  prose: [1],
  head: ['strategy', 'verdict', 'answered', ...[...limits].map(objectiveHead)],
  labels: ['', 'verdict', 'answered', ...[...limits.keys()].map(words)],
  rows: section.arms.map((arm) => [
    html`${swatch(arm.slot, arm.repeat)}${arm.label}`,
    armVerdict(arm),
    answered(arm.answered),
    ...[...limits.keys()].map((name) => objectiveCell(arm, name)),
  ]),
})}`;
}

function armVerdict(arm: Arm): Html {
  const { status, text } = objectivesInWords(arm);
  return html`<span class="verdict ${VERDICT_CLASS[status]}">${text}</span>`;
}

/** The classes of comparisons: a is the better one, b the worse. */
const VERDICT_CLASS = { pass: 'a', fail: 'b', unknown: 'unresolved' } as const;

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
  if (note === 'no POST was sent') return 'no POST';
  return note === 'at least' ? `at least ${text}` : note;
}
