/** `pnpm docs:benchmarks`: measures, and writes docs/benchmarks.md. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { commandLine } from '@evenkeel/sim';
import { Command, InvalidArgumentError } from 'commander';
import { displayOn } from '../output/display.ts';
import { benchmarksDocument } from './document.ts';
import { EXTENTS, measureAll } from './measure.ts';

interface Options {
  readonly date: string;
  readonly out: string;
  readonly tiny?: boolean;
}

function day(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime());
  if (!isDay) throw new InvalidArgumentError('expected a day such as 2026-11-25');
  return text;
}

const program = new Command('docs:benchmarks')
  .description('Measures strategies and proxies, and writes docs/benchmarks.md.')
  .requiredOption('--date <day>', 'day of the measurement, as the document shall name it', day)
  .option('--out <file>', 'where to', 'docs/benchmarks.md')
  .option('--tiny', 'a try in some minutes: its figures say nothing')
  .addHelpText('after', '\nExample:\n  pnpm docs:benchmarks --date 2026-11-25');
program.parse();
const { date, out, tiny } = program.opts<Options>();
const command = commandLine('docs:benchmarks', process.argv.slice(2));
const extent = tiny ? EXTENTS.tiny : EXTENTS.full;
const measured = await measureAll(extent, { command, date }, displayOn(process.stderr));
mkdirSync(dirname(resolve(out)), { recursive: true });
writeFileSync(out, benchmarksDocument(measured));
console.log(out);
process.exit(0); // The generator's thread would keep the process.
