/** Puts results where the user wants them: the report's folder, a JSON file, or standard output. */

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Differences, type Results, renderDifferences, writeReport } from '@evenkeel/report';

const REPORTS = 'reports';

export interface WriteOptions {
  /** This folder itself, instead of a new one under `reports/`. */
  readonly out?: string | undefined;
  /** `-` is standard output. */
  readonly json?: string | undefined;
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
  mkdirSync(dir, { recursive: true });
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
  mkdirSync(dirname(resolve(file)), { recursive: true });
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
