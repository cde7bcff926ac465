/** Puts results where the user wants them: the report's folder, a JSON file, or standard output. */

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Results, writeReport } from '@evenkeel/report';

const REPORTS = 'reports';

export interface WriteOptions {
  /** This folder itself, instead of a new one under `reports/`. */
  readonly out?: string | undefined;
  /** `-` is standard output. */
  readonly json?: string | undefined;
}

/** Returns the path of the page. */
export async function writeResults(results: Results, { out, json }: WriteOptions): Promise<string> {
  const dir = out ?? join(REPORTS, folderName(results));
  const { htmlPath } = await writeReport(results, dir);
  if (out === undefined) pointLatestAt(dir);
  if (json === '-') {
    await new Promise((done) => process.stdout.write(`${JSON.stringify(results)}\n`, done));
  } else if (json !== undefined) {
    mkdirSync(dirname(resolve(json)), { recursive: true });
    writeFileSync(json, `${JSON.stringify(results)}\n`);
  }
  return htmlPath;
}

/** `bench-20261120-133341`, in UTC. */
function folderName({ kind, startedAt }: Results): string {
  const stamp = startedAt.replace(/\..*$/, '').replaceAll(/[-:]/g, '').replace('T', '-');
  return `${kind}-${stamp}`;
}

function pointLatestAt(dir: string): void {
  const latest = join(REPORTS, 'latest');
  rmSync(latest, { force: true, recursive: true });
  symlinkSync(resolve(dir), latest, 'dir');
}
