/** Writes a finished run to disk: the figures, and the page that shows them. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from './folder.ts';
import { renderReport } from './page/page.ts';
import type { Results } from './results.ts';

/** Paths of what `writeReport` wrote. */
export interface WrittenReport {
  readonly htmlPath: string;
  readonly jsonPath: string;
}

/** Writes `report.html` and `results.json` into `dir`, which is created where it is missing. */
export async function writeReport(results: Results, dir: string): Promise<WrittenReport> {
  const htmlPath = join(dir, 'report.html');
  const jsonPath = join(dir, 'results.json');
  makeFolder(dir);
  await writeFile(jsonPath, `${JSON.stringify(results)}\n`);
  await writeFile(htmlPath, renderReport(results));
  return { htmlPath, jsonPath };
}
