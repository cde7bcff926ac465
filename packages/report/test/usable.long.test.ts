/** The report of each command: usable by all in both themes, at a desk's and a phone's width, with everything open. */

import { mkdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUsableByAll } from '../../../tools/axe.ts';
import { launchBrowser, NO_BROWSER } from '../../../tools/browser.ts';
import { renderDifferences, renderReport } from '../src/index.ts';
import { open } from './support/browser.ts';
import { sampleChaos, sampleDemo, sampleDifferences, sampleSweep } from './support/kinds.ts';
import { sampleResults } from './support/sample.ts';

/** Where pictures go, if they are wanted. */
const { SCREENSHOTS } = process.env;

const PAGES: Readonly<Record<string, () => string>> = {
  bench: () => renderReport(sampleResults()),
  chaos: () => renderReport(sampleChaos()),
  demo: () => renderReport(sampleDemo()),
  sweep: () => renderReport(sampleSweep()),
  compare: () => renderDifferences(sampleDifferences()),
};

const CASES = Object.keys(PAGES).flatMap((name) =>
  (['light', 'dark'] as const).flatMap((colorScheme) =>
    [1280, 390].map((width) => ({ name, colorScheme, width })),
  ),
);

/** Tables that have to be scrolled sideways, by what they are called; those of many strategies may be. */
const SIDEWAYS = `[...document.querySelectorAll('.scroll')]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.querySelectorAll('thead th').length <= 12)
  .map((one) => one.getAttribute('aria-label'))`;

describe.skipIf(NO_BROWSER !== undefined)('a report', () => {
  let dir = '';
  let browser: Browser;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'evenkeel-usable-'));
    for (const [name, page] of Object.entries(PAGES)) {
      await writeFile(join(dir, `${name}.html`), page());
    }
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await rm(dir, { recursive: true });
  });

  test.for(CASES)('of $name, $colorScheme, $width px', async ({ name, colorScheme, width }) => {
    const url = pathToFileURL(join(dir, `${name}.html`)).href;
    const viewport = { width, height: 800 };
    const { page, complaints } = await open(browser, url, { colorScheme, viewport });
    await expectUsableByAll(page);
    expect(await page.evaluate(SIDEWAYS)).toEqual([]);
    expect(complaints).toEqual([]);
    if (SCREENSHOTS !== undefined) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      const path = join(SCREENSHOTS, `${name}-${colorScheme}-${width}.png`);
      await page.screenshot({ path, fullPage: true });
    }
    await page.context().close();
  });
});
