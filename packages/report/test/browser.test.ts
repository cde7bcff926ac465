import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from '../../../tools/browser.ts';
import { sectionsOf } from '../src/model/arms.ts';
import { writeReport } from '../src/report.ts';
import type { Results } from '../src/results.ts';
import { open } from './support/browser.ts';
import { expectedData } from './support/expected.ts';
import { sampleResults } from './support/sample.ts';

/** What the tests ask of the page; as text, since its types are a browser's. */
const BACKGROUND = 'getComputedStyle(document.body).backgroundColor';
const IMAGE_SIZES = `[...document.querySelectorAll('canvas')].map((one) => one.toDataURL().length)`;
const CHART_DATA = `[...document.querySelectorAll('canvas')].map((canvas) => ({
  id: canvas.id,
  series: Chart.getChart(canvas).data.datasets.map((one) => [one.label, one.data]),
}))`;
const OPEN_ALL = `for (const one of document.querySelectorAll('details')) one.open = true`;
const chartById = (id: string) => `Chart.getChart(document.getElementById('${id}'))`;

interface DrawnChart {
  readonly id: string;
  readonly series: unknown;
}

const LIGHT = 'rgb(245, 246, 248)';
const DARK = 'rgb(13, 16, 22)';

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`the page in a browser${reason}`, () => {
  let dir = '';
  let browser: Browser;
  let url = '';

  async function write(name: string, results: Results): Promise<string> {
    const { htmlPath } = await writeReport(results, join(dir, name));
    return pathToFileURL(htmlPath).href;
  }

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'evenkeel-page-'));
    url = await write('sample', sampleResults());
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(dir, { recursive: true });
  });

  test.each(['light', 'dark'] as const)(
    'opens without a complaint or a request in the %s scheme, and draws each chart in it',
    async (colorScheme) => {
      const { page, complaints, requests } = await open(browser, url, { colorScheme });
      const drawn = await page.evaluate<readonly number[]>(IMAGE_SIZES);
      expect(drawn.length).toBeGreaterThan(10);
      expect(Math.min(...drawn)).toBeGreaterThan(3000);
      expect(await page.evaluate(BACKGROUND)).toBe(colorScheme === 'dark' ? DARK : LIGHT);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
      await page.context().close();
    },
  );

  test('shows in each chart what results.json says', async () => {
    const { page } = await open(browser, url);
    const charts = await page.evaluate<readonly DrawnChart[]>(CHART_DATA);
    const expected = expectedData(sampleResults(), sectionsOf(sampleResults()));
    expect(charts.map((chart) => chart.id).sort()).toEqual([...expected.keys()].sort());
    for (const { id, series } of charts) expect([id, series]).toEqual([id, expected.get(id)]);
    await page.context().close();
  });

  test('changes its theme by keyboard, charts included', async () => {
    const { page } = await open(browser, url, { colorScheme: 'light' });
    const lineColour = () =>
      page.evaluate<string>(`${chartById('live-1-p50')}.data.datasets[0].borderColor`);
    const light = await lineColour();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.id')).toBe('theme');
    await page.keyboard.press('Enter');
    expect(await page.getAttribute('#theme', 'aria-pressed')).toBe('true');
    expect(await lineColour()).not.toBe(light);
    await page.keyboard.press('Enter');
    expect(await lineColour()).toBe(light);
    await page.context().close();
  });

  test('hides and shows a series, and opens its figures, by keyboard', async () => {
    const { page } = await open(browser, url);
    const figure = page.locator('figure[data-chart="live-1-p50"]');
    const shown = () => page.evaluate(`${chartById('live-1-p50')}.isDatasetVisible(1)`);
    await figure.locator('[data-series="1"]').focus();
    await page.keyboard.press('Space');
    expect(await shown()).toBe(false);
    await page.keyboard.press('Space');
    expect(await shown()).toBe(true);
    await figure.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await figure.locator('table').isVisible()).toBe(true);
    await page.context().close();
  });

  test.each([360, 768])('never scrolls sideways at %d px, whatever the names', async (width) => {
    const long = 'a-name-without-a-place-to-break'.repeat(6).replaceAll('-', '');
    const sample = sampleResults();
    const results = {
      ...sample,
      command: `pnpm bench --strategies ${long}`,
      verdict: { ...sample.verdict, text: `${long} is fine` },
      scenarios: sample.scenarios.map((one) => ({ ...one, title: `${one.title} ${long}` })),
      runs: sample.runs.map((one) => ({ ...one, strategy: `${one.strategy}-${long}` })),
    };
    for (const address of [url, await write('long', results)]) {
      const { page } = await open(browser, address, { viewport: { width, height: 800 } });
      await page.evaluate(OPEN_ALL);
      const reach = await page.evaluate('document.documentElement.scrollWidth');
      expect(reach).toBeLessThanOrEqual(width);
      await page.context().close();
    }
  });

  test('prints on white, whatever the screen', async () => {
    const { page, complaints } = await open(browser, url, { colorScheme: 'dark' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.evaluate(BACKGROUND)).toBe(LIGHT);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.evaluate(BACKGROUND)).toBe(DARK);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});
