/** axe-core on each lesson, in both themes, at a desk's and a phone's width. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUsableByAll } from '../../../tools/axe.ts';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { lessons } from '../src/lessons/index.ts';
import { inPage, LabBrowser, momentAt } from './support/page.ts';

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`each lesson${reason}`, () => {
  let lab: LabBrowser;
  beforeAll(async () => {
    lab = await LabBrowser.start();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('has no violation in %s at %d px, and no line is too wide', async (theme, width) => {
    const viewport = { width, height: 900 };
    const { page, complaints, requests } = await lab.open({ colorScheme: theme, viewport });
    for (const i of lessons.keys()) {
      await inPage(page, `tour.show(${i});`);
      await page.click(`.tour-question button >> nth=0`);
      await inPage(page, momentAt(3000));
      // At the end of the page the bar that sticks to its edge covers nothing.
      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight)');
      await expectUsableByAll(page);
    }
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.context().close();
  });
});
