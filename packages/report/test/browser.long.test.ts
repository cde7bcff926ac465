/** What a reader does with the page in a real browser: themes, keyboard, downloads, narrow pages, paper. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from '../../../tools/browser.ts';
import { writeReport } from '../src/report.ts';
import type { Results } from '../src/results.ts';
import { OPEN_ALL, open } from './support/browser.ts';
import { sampleResults } from './support/sample.ts';

/** What the tests ask of the page; as text, since its types are a browser's. */
const BACKGROUND = 'getComputedStyle(document.body).backgroundColor';
const IMAGE_SIZES = `[...document.querySelectorAll('canvas')].map((one) => one.toDataURL().length)`;
const chartById = (id: string) => `Chart.getChart(document.getElementById('${id}'))`;

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
      await page.evaluate(OPEN_ALL);
      const drawn = await page.evaluate<readonly number[]>(IMAGE_SIZES);
      expect(drawn.length).toBeGreaterThan(10);
      expect(Math.min(...drawn)).toBeGreaterThan(3000);
      expect(await page.evaluate(BACKGROUND)).toBe(colorScheme === 'dark' ? DARK : LIGHT);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([]);
      await page.context().close();
    },
  );

  test('changes its theme by keyboard, charts included', async () => {
    const { page } = await open(browser, `${url}#one-slow`, { colorScheme: 'light' });
    const lineColour = () =>
      page.evaluate<string>(`${chartById('one-slow--p50')}.data.datasets[0].borderColor`);
    const light = await lineColour();
    await page.locator('#theme').focus();
    await page.keyboard.press('Enter');
    expect(await page.getAttribute('#theme', 'aria-pressed')).toBe('true');
    expect(await lineColour()).not.toBe(light);
    await page.keyboard.press('Enter');
    expect(await lineColour()).toBe(light);
    await page.context().close();
  });

  test('hides and shows a strategy in all charts, and opens its figures, by keyboard', async () => {
    const { page } = await open(browser, `${url}#one-slow`);
    const figure = page.locator('figure[data-chart="one-slow--p50"]');
    const labels = () =>
      page.evaluate<string[]>(
        `${chartById('one-slow--p50')}.data.datasets.map((one) => one.label)`,
      );
    const rows = () => page.evaluate(`${chartById('one-slow--percentiles')}.data.labels`);
    const all = [await labels(), await rows()];
    await figure.locator('[data-key="least-connections"]').focus();
    await page.keyboard.press('Space');
    expect(await labels()).not.toContain('least-connections');
    expect(await rows()).not.toContain('least-connections');
    await page.keyboard.press('Space');
    expect([await labels(), await rows()]).toEqual(all);
    await figure.locator('summary').focus();
    await page.keyboard.press('Enter');
    await figure.locator('table').waitFor();
    await page.context().close();
  });

  test('opens the part that the address names, and says the values of a chart by keyboard', async () => {
    const { page } = await open(browser, `${url}#one-slow`);
    expect(await page.evaluate(`document.getElementById('one-slow').open`)).toBe(true);
    expect(await page.evaluate(`document.querySelectorAll('details.card[open]').length`)).toBe(1);
    await page.locator('#one-slow--percentiles').focus();
    await page.keyboard.press('ArrowDown');
    const said = page.locator('figure[data-chart="one-slow--percentiles"] [aria-live]');
    expect(await said.textContent()).toMatch(/^round-robin, p50: [\d.]+\sms/);
    await page.context().close();
  });

  test('sorts the matrix by a strategy, best first', async () => {
    const { page } = await open(browser, url);
    await page.locator('.matrix th[data-key="round-robin"] .sort').click();
    const values = await page.evaluate<number[]>(
      `[...document.querySelectorAll('.matrix tbody:last-of-type td[data-key="round-robin"]')].map((one) => Number(one.dataset.value ?? 1e9))`,
    );
    expect(values).toEqual(values.toSorted((x, y) => x - y));
    await page.context().close();
  });

  test('gives a chart as CSV and as PNG', async () => {
    const { page } = await open(browser, `${url}#one-slow`);
    for (const [kind, name] of [
      ['csv', 'one-slow--p50.csv'],
      ['png', 'one-slow--p50.png'],
    ]) {
      const download = page.waitForEvent('download');
      await page.locator(`figure[data-chart="one-slow--p50"] [data-download="${kind}"]`).click();
      expect((await download).suggestedFilename()).toBe(name);
    }
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
