/** Puts results where the user wants them: the report's folder, a JSON file, or standard output. */

import {
  accessSync,
  constants,
  existsSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type Differences,
  makeFolder,
  type Results,
  renderDifferences,
  writeReport,
} from '@evenkeel/report';
import { UsageError } from '../usage.ts';

const REPORTS = 'reports';

export interface WriteOptions {
  /** This folder itself, instead of a new one under `reports/`. */
  readonly out?: string | undefined;
  /** `-` is standard output. */
  readonly json?: string | undefined;
  /** Likewise. */
  readonly markdown?: string | undefined;
}

/**
 * Looks before a long run whether its results will have a place, and leaves nothing behind.
 * @throws {UsageError} naming the flag
 */
export function requirePlaces({ out, json, markdown }: WriteOptions): void {
  if (json === '-' && markdown === '-') {
    throw new UsageError('--markdown: expected a file beside "--json -", got "-"');
  }
  requireFolder(out === undefined ? REPORTS : '--out', out ?? REPORTS);
  for (const [flag, file] of [
    ['--json', json],
    ['--markdown', markdown],
  ] as const) {
    if (file === undefined || file === '-') continue;
    requireFolder(flag, dirname(resolve(file)), file);
    if (!existsSync(file)) continue;
    if (statSync(file).isDirectory()) throw noPlace(flag, 'a file', file, 'EISDIR');
    attempt(flag, 'a file that can be written', file, () => accessSync(file, constants.W_OK));
  }
}

function requireFolder(flag: string, folder: string, shown = folder): void {
  attempt(flag, 'a place that can be written', shown, () => {
    const made = makeFolder(folder);
    accessSync(folder, constants.W_OK);
    for (const one of made.toReversed()) rmdirSync(one);
  });
}

function attempt(flag: string, expected: string, shown: string, act: () => void): void {
  try {
    act();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw noPlace(flag, expected, shown, code);
  }
}

function noPlace(flag: string, expected: string, shown: string, code: string): UsageError {
  return new UsageError(`${flag}: expected ${expected}, got "${shown}" (${code})`);
}

/** Returns the path of the page. */
export async function writeResults(results: Results, { out, json }: WriteOptions): Promise<string> {
  const dir = out ?? join(REPORTS, folderName(results.kind, results.startedAt));
  const { htmlPath } = await writeReport(results, dir);
  if (out === undefined) pointLatestAt(dir);
  await writeText(json, () => `${JSON.stringify(results)}\n`);
  return htmlPath;
}

/** Writes `report.html` and `differences.json`; returns the path of the page. */
export async function writeDifferences(
  found: Differences,
  { out, json }: WriteOptions,
): Promise<string> {
  const dir = out ?? join(REPORTS, folderName('compare', new Date().toISOString()));
  makeFolder(dir);
  writeFileSync(join(dir, 'differences.json'), `${JSON.stringify(found)}\n`);
  const htmlPath = join(dir, 'report.html');
  writeFileSync(htmlPath, renderDifferences(found));
  if (out === undefined) pointLatestAt(dir);
  await writeText(json, () => `${JSON.stringify(found)}\n`);
  return htmlPath;
}

/** To a file, whose folder is made, or with `-` to standard output; without a place, nowhere. */
export async function writeText(file: string | undefined, text: () => string): Promise<void> {
  if (file === undefined) return;
  if (file === '-') {
    await new Promise((done) => process.stdout.write(text(), done));
    return;
  }
  makeFolder(dirname(resolve(file)));
  writeFileSync(file, text());
}

/** `bench-20261120-133341`, in UTC. */
function folderName(kind: string, startedAt: string): string {
  const stamp = startedAt.replace(/\..*$/, '').replaceAll(/[-:]/g, '').replace('T', '-');
  return `${kind}-${stamp}`;
}

function pointLatestAt(dir: string): void {
  const latest = join(REPORTS, 'latest');
  rmSync(latest, { force: true, recursive: true });
  symlinkSync(resolve(dir), latest, 'dir');
}
