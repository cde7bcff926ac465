/** `pnpm sim truth`: the simulator beside theory, up to high load. Exit code 1 if they differ. */

import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { onThreads } from '../run/threads.ts';
import { TOLERANCE, type TruthRow, type TruthTask, truthTasks } from '../theory/truth-run.ts';
import * as flags from './flags.ts';
import { displayFor, figure, mustBeWritable, table, writeJson, writeText } from './output.ts';

const BEGIN = '<!-- made by `pnpm sim truth`: begin -->';
const END = '<!-- end -->';

interface TruthFlags {
  readonly loads: number[];
  readonly seeds: number;
  readonly jobs: number;
  readonly json?: string;
  readonly doc?: string;
}

/** One figure at one load, over all seeds. */
interface TruthLine {
  readonly name: string;
  readonly load: number;
  readonly quantity: string;
  readonly expected: number;
  /** In the mean over the seeds. */
  readonly measured: number;
  /** Of the seed that is furthest off. */
  readonly worst: number;
  /** Three standard deviations of one seed, the largest of all. */
  readonly noise: number;
  /** Requests per seed, at most. */
  readonly requests: number;
}

function loadList(text: string): number[] {
  const loads = text.split(',').map(Number);
  if (loads.some((load) => !(load > 0 && load < 1))) {
    throw new InvalidArgumentError('must be numbers between 0 and 1, with commas.');
  }
  return loads;
}

/** `pnpm sim truth`. */
export function addTruthCommand(program: Command): void {
  program
    .command('truth')
    .description(
      'Compares the simulator with closed forms of queueing theory. Takes its time at high load.',
    )
    .option('--loads <list>', 'loads per slot', loadList, [0.5, 0.8, 0.9, 0.95])
    .option('--seeds <n>', 'runs of each', flags.integer(1, 100), 3)
    .option('--jobs <n>', 'threads', flags.integer(1, 1024), flags.defaultJobs())
    .option('--json <file>', 'writes the figures; - is standard output')
    .option('--doc <file>', 'renews the table in this chapter, between its two markers')
    .addHelpText('after', '\nExample:\n  pnpm sim truth --loads 0.5,0.8 --seeds 1')
    .action(async (given: TruthFlags) => {
      const display = displayFor(given.json);
      mustBeWritable(given.json, given.doc);
      if (given.doc !== undefined) placeOfTable(given.doc);
      const tasks = truthTasks(given.loads, given.seeds);
      let count = 0;
      const script = new URL('../theory/truth-worker.ts', import.meta.url);
      const rows = await onThreads<TruthTask, TruthRow>(script, tasks, given.jobs, (row) => {
        display.progress(`${++count} of ${tasks.length}: ${row.name} at ${row.load}`);
      });
      const lines = truthLines(rows);
      display.line(table([HEAD, ...lines.map(cells)]));
      if (given.json !== undefined) writeJson(given.json, { tolerance: TOLERANCE, rows });
      if (given.doc !== undefined) renewTable(given.doc, lines);
      const wrong = lines.filter(({ worst }) => Math.abs(worst) > TOLERANCE);
      if (wrong.length > 0) {
        throw new Error(`${wrong.length} of ${lines.length} figures are more than 2 % from theory`);
      }
      display.line(
        `all ${lines.length} figures are within 2 % of theory, each with ${given.seeds} seeds`,
      );
    });
}

const HEAD = [
  'model',
  'load',
  'figure',
  'theory',
  'simulated',
  'worst seed',
  '3σ of a seed',
  'requests',
];

function cells(line: TruthLine): string[] {
  return [
    line.name,
    String(line.load),
    line.quantity,
    figure(line.expected),
    figure(line.measured),
    `${line.worst >= 0 ? '+' : ''}${(100 * line.worst).toFixed(2)} %`,
    `${(100 * line.noise).toFixed(2)} %`,
    `${line.requests / 1e6} M`,
  ];
}

function truthLines(rows: readonly TruthRow[]): TruthLine[] {
  const groups = Map.groupBy(rows, ({ place, load }) => `${place} ${load}`);
  return [...groups.values()].flatMap((seeds) => {
    const [first] = seeds;
    if (first === undefined) return [];
    return first.comparisons.map(({ quantity, expected }, i) => {
      const all = seeds.flatMap(({ comparisons }) => comparisons[i] ?? []);
      const differences = all.map(({ difference }) => difference);
      return {
        name: first.name,
        load: first.load,
        quantity,
        expected,
        measured: all.reduce((sum, { measured }) => sum + measured, 0) / all.length,
        worst: differences.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0),
        noise: Math.max(...all.map(({ noise }) => noise)),
        requests: Math.max(...seeds.map(({ requests }) => requests)),
      };
    });
  });
}

/** The text of a chapter, and where in it the table begins and ends. */
function placeOfTable(file: string): { readonly text: string; from: number; to: number } {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const from = text.indexOf(BEGIN);
  const to = text.indexOf(END, from);
  if (from === -1 || to === -1) {
    throw new flags.UsageError(`${file}: must have the lines ${BEGIN} and ${END}`);
  }
  return { text, from, to };
}

function renewTable(file: string, lines: readonly TruthLine[]): void {
  const { text, from, to } = placeOfTable(file);
  const row = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  const rows = [row(HEAD), row(HEAD.map(() => '---')), ...lines.map((line) => row(cells(line)))];
  const renewed = `${text.slice(0, from)}${BEGIN}\n\n${rows.join('\n')}\n\n${text.slice(to)}`;
  writeText(file, renewed);
}
