/** How far the simulator is from the live run of the same requests, figure by figure. */

import { answeredShare } from '../figures.ts';
import { isControl } from '../laws.ts';
import { pooledLatency, type Section, sumRequests } from '../model/arms.ts';
import { answered, duration, roundPercent, UNKNOWN } from '../model/format.ts';
import { liveAndSimulatedOf } from '../model/live-and-simulated.ts';
import type { Comparison, Latency, Run } from '../results.ts';
import { type Content, html } from './html.ts';
import { swatch, table } from './table.ts';

const VERDICTS: Readonly<Record<Comparison['verdict'], string>> = {
  tie: 'agrees',
  a: 'differs',
  b: 'differs',
  unresolved: 'does not surely agree',
};

/** Null where the simulator was not held against anything. */
export function simulatorTable(section: Section): Content {
  if (section.simulator === null) return null;
  return html`<h4>The simulator against the live run</h4>
<p class="note">Both met the same arrivals and the same work. Response is what the client waited, and what the verdict is
about; queueing is the response less the service. The difference is that of the simulated figure, over all valid rounds
together, with a 95 % interval; it agrees where the whole interval is within the margin asked for. A control, the
simulator with another strategy than ran live, has to differ.</p>
${table({
  caption: 'Simulator against live run',
  of: section.id,
  prose: [1, 2, 9],
  head: [
    'ran live',
    'simulated as',
    'figure',
    'live',
    'answered',
    'simulated',
    'answered',
    'difference',
    '95 % interval',
    'verdict',
    'rounds',
  ],
  rows: section.simulator.comparisons.map((one) => row(section, one)),
})}`;
}

function row(section: Section, comparison: Comparison): readonly Content[] {
  const { a, b, metric, of = 'response', ratio, low, high, n, verdict } = comparison;
  const both = liveAndSimulatedOf(section, comparison);
  const figure = (latency: Latency | undefined): string => {
    const known = metric === 'mean' || metric === 'p50' || metric === 'p99';
    return known && latency !== undefined ? duration(latency[metric]) : UNKNOWN;
  };
  const strategy = (arm: string): string => arm.slice(arm.indexOf('/') + 1);
  return [
    html`${both !== null && swatch(both.live.slot, both.live.repeat)}${both?.live.label ?? strategy(b)}`,
    isControl(comparison) ? html`${strategy(a)} <span class="against">control</span>` : strategy(a),
    `${of} ${metric}`,
    figure(both === null ? undefined : pooledLatency(both.liveRuns, of)),
    answeredBy(both?.liveRuns),
    figure(both === null ? undefined : pooledLatency(both.simulatedRuns, of)),
    answeredBy(both?.simulatedRuns),
    ratio === null ? UNKNOWN : signed(ratio - 1),
    low === null || high === null ? UNKNOWN : `${signed(low - 1)} to ${signed(high - 1)}`,
    html`<span class="verdict${isControl(comparison) && ' quiet'}">${VERDICTS[verdict]}</span>`,
    n,
  ];
}

function answeredBy(runs: readonly Run[] | undefined): string {
  return answered(runs === undefined ? null : answeredShare(sumRequests(runs)));
}

function signed(share: number): string {
  return `${share > 0 ? '+' : ''}${roundPercent(share)}`;
}
