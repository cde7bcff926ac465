/** Tables of simulated runs, alone and beside live ones, and of sweeps. */

import {
  answeredShare,
  armOf,
  type Cell,
  type Column,
  type Comparison,
  format,
  isMostlyAnswered,
  left,
  type Run,
  renderFolded,
  renderTable,
  right,
  SGR,
  type Sweep,
  shortName,
  TEXT_WIDTH,
} from '@evenkeel/report';
import { mergedFigure } from '../compare/jackknife.ts';
import { ms } from './cells.ts';

/**
 * The simulator's p99 by scenario and strategy, in ms, with the share that was answered; dimmed where
 * more than a thousandth failed.
 */
export function simulatedTable(
  runs: readonly Run[],
  strategies: readonly string[],
  colour: boolean,
): string[] {
  const scenarios = [...new Set(runs.map((run) => run.scenario))];
  const columns = strategies.map((strategy): Column => {
    const mine = scenarios.map((scenario) =>
      runs.find((one) => one.scenario === scenario && one.strategy === strategy),
    );
    return { head: strategy, cells: mine.map(simulatedCell) };
  });
  const names = { head: 'p99 ms, answered', cells: scenarios.map((name) => left(name, SGR.bold)) };
  return renderFolded(names, columns, TEXT_WIDTH, colour);
}

function simulatedCell(run: Run | undefined): Cell {
  if (run === undefined) return right(format.UNKNOWN);
  const answered = format.answered(answeredShare(run.requests));
  const isFine = isMostlyAnswered(run.requests);
  return right(`${ms(run.latencyMs.p99)}  ${answered.padStart(7)}`, isFine ? undefined : SGR.dim);
}

/** Live and simulated figures over all valid rounds, and how far apart they are. */
export function simulatorTable(
  comparisons: readonly Comparison[],
  runs: readonly Run[],
  colour: boolean,
): string[] {
  const words: Record<Comparison['verdict'], [string, number]> = {
    tie: ['agrees', SGR.green],
    a: ['differs', SGR.red],
    b: ['differs', SGR.red],
    unresolved: ['does not surely agree', SGR.yellow],
  };
  const header = ['live', 'simulated', 'figure', 'live', 'simulated', 'ratio'];
  const rows = comparisons.map(
    ({ scenario, of = 'response', a, b, metric, ratio, low, high, verdict }) => {
      // Both sides over the rounds that were valid live, as the ratio is.
      const mine = runs.filter((run) => run.scenario === scenario);
      const rounds = mine.filter((run) => run.valid && armOf(run) === b).map(({ round }) => round);
      const paired = mine.filter(({ round }) => rounds.includes(round));
      const figureOf = (arm: string): Cell => {
        const own = paired.filter((run) => armOf(run) === arm);
        return right(format.duration(mergedFigure(own, of, metric)));
      };
      return [
        left(b, SGR.bold),
        left(a),
        left(`${of} ${metric}`),
        figureOf(b),
        figureOf(a),
        left(ratio === null ? format.UNKNOWN : `× ${ratio.toFixed(2)}`),
        left(low === null || high === null ? '' : `(${low.toFixed(2)} … ${high.toFixed(2)})`),
        left(...words[verdict]),
      ];
    },
  );
  return renderTable([header.map((text) => left(text, SGR.dim)), ...rows], colour);
}

/** Mean response by arm and load, in ms, with the share answered beside it. */
export function sweepTable({ points }: Sweep, colour: boolean): string[] {
  const loads = [...new Set(points.map(({ load }) => load))];
  const nameOf = ({ subject, strategy }: Sweep['points'][number]): string =>
    subject === undefined ? strategy : armOf({ subject, strategy });
  const arms = [...new Set(points.map(nameOf))];
  const columns = loads.map((load): Column => {
    const mine = arms.map((arm) => points.find((one) => nameOf(one) === arm && one.load === load));
    return { head: `at ${load.toFixed(2)}, answered`, cells: mine.map(sweepCell) };
  });
  const names = { head: 'ms', cells: arms.map((arm) => left(shortName(arm, arms), SGR.bold)) };
  return renderFolded(names, columns, TEXT_WIDTH, colour);
}

function sweepCell(point: Sweep['points'][number] | undefined): Cell {
  const answered = format.percent(point?.answered ?? null, 1);
  return right(`${ms(point?.mean ?? null)}  ${answered.padStart(6)}`);
}
