/** What a default bench comes to: a page of a few screens, under a megabyte, that draws what is opened. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from '../../../tools/browser.ts';
import { renderReport } from '../src/index.ts';
import { open } from './support/browser.ts';
import { defaultBench } from './support/kinds.ts';

const SCREEN = { width: 1280, height: 800 };
const MOST_SCREENS = 10;

const DRAWN = `[...document.querySelectorAll('canvas')].filter((one) => Chart.getChart(one)).length`;

const page = renderReport(defaultBench());

test('the page of a default bench is smaller than a megabyte', () => {
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
});

test.skipIf(NO_BROWSER !== undefined)(
  'it is no longer than ten screens and draws nothing until something is opened, and then only that',
  async () => {
    const dir = await mkdtemp(join(tmpdir(), 'evenkeel-size-'));
    const browser = await launchBrowser();
    try {
      const file = join(dir, 'report.html');
      await writeFile(file, page);
      const { page: shown } = await open(browser, pathToFileURL(file).href, { viewport: SCREEN });
      const height = await shown.evaluate<number>('document.documentElement.scrollHeight');
      expect(height / SCREEN.height).toBeLessThanOrEqual(MOST_SCREENS);
      expect(await shown.evaluate(DRAWN)).toBe(0);
      let before = 0;
      for (const id of ['one-slow', 'scenario-7']) {
        await shown.locator(`#${id} > summary`).click();
        await shown.waitForFunction(`${DRAWN} > ${before}`);
        const open = `[...document.querySelectorAll('#${id} canvas')].filter(
          (one) => one.closest('details:not([open])') === null).length`;
        expect(await shown.evaluate(DRAWN)).toBe(before + (await shown.evaluate<number>(open)));
        before = await shown.evaluate<number>(DRAWN);
      }
    } finally {
      await browser.close();
      await rm(dir, { recursive: true });
    }
  },
);
