/** Runs as a table for people. */

import { format } from '@evenkeel/report';
import type { SimJson } from '../run/sim-json.ts';
import { figure, table } from './output.ts';

const HEAD = [
  'strategy',
  'load',
  'answered',
  'mean',
  '±',
  'theory',
  'p50',
  'p99',
  'busy',
  'max/mean',
  'req/s',
];

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
  const rows = results.map((result) => [
    result.strategy,
    figure(result.load),
    format.percent(result.requests === 0 ? null : result.ok / result.requests, 2),
    figure(result.response.mean),
    figure(half(result.response.meanInterval)),
    figure(result.theory?.mean),
    figure(result.response.p50),
    figure(result.response.p99),
    figure(result.utilization),
    figure(result.fairness.maxOverMean),
    result.requestsPerSecond === undefined
      ? '–'
      : `${(result.requestsPerSecond / 1e6).toFixed(2)} M`,
  ]);
  return [what, table([HEAD, ...rows]), ...remarks(results)].join('\n');
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
