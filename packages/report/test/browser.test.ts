/** The page in a real browser: its charts say what results.json says. The rest is in browser.long.test.ts. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from '../../../tools/browser.ts';
import { sectionsOf } from '../src/model/arms.ts';
import { writeReport } from '../src/report.ts';
import { OPEN_ALL, open } from './support/browser.ts';
import { expectedData } from './support/expected.ts';
import { sampleResults } from './support/sample.ts';

/** What the tests ask of the page; as text, since its types are a browser's. */
const CHART_DATA = `[...document.querySelectorAll('canvas')].map((canvas) => ({
  id: canvas.id,
  series: Chart.getChart(canvas).data.datasets.map((one) => [one.label, one.data]),
}))`;

interface DrawnChart {
  readonly id: string;
  readonly series: unknown;
}

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`the page in a browser${reason}`, () => {
  let dir = '';
  let browser: Browser;
  let url = '';

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'evenkeel-page-'));
    const { htmlPath } = await writeReport(sampleResults(), dir);
    url = pathToFileURL(htmlPath).href;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(dir, { recursive: true });
  });

  test('shows in each chart what results.json says', async () => {
    const { page, complaints, requests } = await open(browser, url);
    await page.evaluate(OPEN_ALL);
    const charts = await page.evaluate<readonly DrawnChart[]>(CHART_DATA);
    const expected = expectedData(sampleResults(), sectionsOf(sampleResults()));
    expect(charts.map((chart) => chart.id).sort()).toEqual([...expected.keys()].sort());
    for (const { id, series } of charts) expect([id, series]).toEqual([id, expected.get(id)]);
    expect([complaints, requests]).toEqual([[], []]);
    await page.context().close();
  });
});
