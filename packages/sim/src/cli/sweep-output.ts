/** The report of a sweep, and `pnpm sim merge`, which puts shards together. */

import { readFileSync } from 'node:fs';
import { writeReport } from '@evenkeel/report';
import type { Command } from 'commander';
import { SIM_SCHEMA } from '../run/sim-json.ts';
import { mergeShards, SWEEP_SCHEMA, type SweepFile } from '../run/sweep.ts';
import { sweepForReport } from '../run/sweep-report.ts';
import { UsageError } from './flags.ts';
import { displayFor, writeJson } from './output.ts';
import { resultTable } from './result-table.ts';
import { emptyResults } from './results.ts';

/** Writes report.html and results.json; returns the page's path. */
export async function writeSweepReport(sweep: SweepFile, dir: string): Promise<string> {
  const { plan, points } = sweep;
  const results = {
    ...emptyResults(plan.seed),
    sweeps: [sweepForReport(sweep)],
    verdict: {
      status: 'unknown' as const,
      text: `${points.length} simulated runs, nothing judged`,
    },
  };
  return (await writeReport(results, dir)).htmlPath;
}

/** Reads a sweep or a part of one. Checked as far as merging needs it. */
function readSweep(name: string): SweepFile {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(name, 'utf8'));
  } catch (cause) {
    throw new UsageError(`${name}: cannot be read as JSON`, { cause });
  }
  const schema =
    typeof value === 'object' && value !== null && 'schema' in value ? value.schema : null;
  if (schema !== SWEEP_SCHEMA) {
    const hint = schema === SIM_SCHEMA ? ' (one run cannot be merged)' : '';
    throw new UsageError(
      `${name}: schema must be "${SWEEP_SCHEMA}", got ${JSON.stringify(schema)}${hint}`,
    );
  }
  return value as SweepFile;
}

/** `pnpm sim merge`. */
export function addMergeCommand(program: Command): void {
  program
    .command('merge <files...>')
    .description('Puts the shards of a sweep together, as if it had been one.')
    .option('--json <file>', 'writes the sweep; - is standard output')
    .option('--out <dir>', 'writes report.html and results.json into this folder')
    .addHelpText(
      'after',
      '\nExample:\n  pnpm sim merge part-*.json --json whole.json --out reports/sweep',
    )
    .action(async (names: string[], given: { json?: string; out?: string }) => {
      const display = displayFor(given.json);
      const whole = mergeShards(names.map((name) => ({ name, file: readSweep(name) })));
      display.line(resultTable(whole.points.map(({ result }) => result)));
      if (given.json !== undefined) writeJson(given.json, whole);
      if (given.out !== undefined)
        display.line(`report: ${await writeSweepReport(whole, given.out)}`);
    });
}
