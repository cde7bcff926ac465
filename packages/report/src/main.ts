/** The command that draws a report again: `node packages/report/src/main.ts results.json`. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ResultsError } from './errors.ts';
import { renderReport } from './page/page.ts';
import { parseResults } from './schema.ts';

const HELP = `Draws the report of a finished run again.

usage: node packages/report/src/main.ts RESULTS [--out DIR]

  RESULTS     a results.json
  --out DIR   where to write report.html; default: beside RESULTS
  --help      this text

example: node packages/report/src/main.ts reports/latest/results.json --out /tmp/report
`;

/** What is wrong with the command line or its file: one line for the user. */
class UsageError extends Error {}

interface Arguments {
  readonly help: boolean;
  readonly file: string;
  readonly outDir: string | undefined;
}

function parseArguments(args: readonly string[]): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { out: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
    const help = values.help === true;
    const [file, ...others] = positionals;
    if (!help && (file === undefined || others.length > 0)) {
      throw new UsageError(`RESULTS: ${positionals.length} files given, expected one results.json`);
    }
    return { help, file: file ?? '', outDir: values.out };
  } catch (error) {
    // parseArgs explains itself in its first sentence; the rest is advice for positionals.
    if (error instanceof TypeError) throw new UsageError(error.message.split('. ')[0]);
    throw error;
  }
}

async function draw(file: string, outDir: string): Promise<string> {
  const results = parseResults(parseJson(await read(file)));
  const html = renderReport(results);
  const path = join(outDir, 'report.html');
  try {
    await mkdir(outDir, { recursive: true });
    await writeFile(path, html);
  } catch (cause) {
    throw new UsageError(`cannot be drawn into ${outDir}: ${(cause as Error).message}`, { cause });
  }
  return path;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Returns the exit code: 0, or 2 for a wrong command line or file. */
async function main(args: readonly string[]): Promise<number> {
  let file = '';
  try {
    const parsed = parseArguments(args);
    if (parsed.help) {
      process.stdout.write(HELP);
      return 0;
    }
    file = parsed.file;
    const path = await draw(file, parsed.outDir ?? dirname(resolve(file)));
    process.stdout.write(`${path}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof ResultsError)) throw error;
    const where = file === '' ? '' : `${file}: `;
    process.stderr.write(`report: ${where}${error.message}\n`);
    return 2;
  }
}

process.exitCode = await main(process.argv.slice(2));
