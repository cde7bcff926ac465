/** Runs as a table for people. */

import { type Column, format, left, renderColumns, right, TEXT_WIDTH } from '@evenkeel/report';
import type { SimJson } from '../run/sim-json.ts';
import { figure } from './output.ts';

function half(interval: SimJson['response']['meanInterval']): number | null {
  return interval === null ? null : (interval[1] - interval[0]) / 2;
}

/** One line per run; times in the runs' unit. */
export function resultTable(results: readonly SimJson[]): string {
  const [first] = results;
  if (first === undefined) return '  nothing to show';
  const what =
    first.unit === 'ms'
      ? `${first.scenario}: response times in ms`
      : `${first.servers} servers: response times in service times`;
  return [what, ...renderColumns(columnsOf(results), TEXT_WIDTH, false), ...remarks(results)].join(
    '\n',
  );
}

function columnsOf(results: readonly SimJson[]): Column[] {
  const column = (head: string, of: (result: SimJson) => string, keep?: number): Column => ({
    head,
    keep,
    cells: results.map((result) => right(of(result))),
  });
  return [
    { head: 'strategy', cells: results.map(({ strategy }) => left(strategy)) },
    column('load', ({ load }) => figure(load)),
    column('answered', ({ requests, ok }) =>
      format.percent(requests === 0 ? null : ok / requests, 2),
    ),
    column('mean', ({ response }) => figure(response.mean)),
    column('±', ({ response }) => figure(half(response.meanInterval))),
    column('theory', ({ theory }) => figure(theory?.mean), 3),
    column('p50', ({ response }) => figure(response.p50), 2),
    column('p99', ({ response }) => figure(response.p99)),
    column('busy', ({ utilization }) => figure(utilization), 1),
    column('max/mean', ({ fairness }) => figure(fairness.maxOverMean), 0),
    column('req/s', speedText, 4),
  ];
}

function speedText({ requestsPerSecond }: SimJson): string {
  return requestsPerSecond === undefined ? '–' : `${(requestsPerSecond / 1e6).toFixed(2)} M`;
}

/** Warnings, and how long a run has to be where it has no interval; each said once. */
function remarks(results: readonly SimJson[]): string[] {
  const warnings = results.flatMap((result) => result.warnings ?? []);
  const short = results.flatMap(({ strategy, load, response }) => {
    const { meanInterval, requestsForInterval } = response;
    if (meanInterval !== null || requestsForInterval === null) return [];
    const needed = format.count(Number(requestsForInterval.toPrecision(2)));
    return [`${strategy} at load ${figure(load)}: an interval takes about ${needed} requests`];
  });
  return [...new Set([...warnings, ...short])].map((text) => `  ${text}`);
}
