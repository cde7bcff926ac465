/** Strategies of the user's own: a good one races, a wrong one is told which law it breaks, a hostile one harms nothing. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { expectHarmless, HOSTILE } from './support/hostile.ts';
import { inPage, LabBrowser, momentAt, type OpenPage } from './support/page.ts';

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`own strategies in a browser${reason}`, () => {
  let lab: LabBrowser;
  let open: OpenPage;
  beforeAll(async () => {
    lab = await LabBrowser.start();
    open = await lab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test('the example obeys all laws and races; another one is shown the law it breaks', async () => {
    const { page, complaints } = open;
    await page.click('summary:has-text("Write your own")');
    await page.waitForSelector('.cm-content');
    await page.click('button:text("Check and race")');
    await page.waitForSelector('.laws li');
    expect(await page.textContent('[role=status]:has(.laws)')).toMatch(/^All laws hold/);
    const frames = await inPage<readonly { readonly counts: { readonly sent: number } }[]>(
      page,
      momentAt(4000),
    );
    expect(frames.at(-1)!.counts.sent).toBeGreaterThan(100);
    expect(complaints).toEqual([]);

    await page.click('.cm-content');
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('return () => ({ pick: (candidates) => candidates[0] });');
    await page.click('button:text("Check and race")');
    await page.waitForSelector('.laws .is-broken');
    expect(await page.textContent('.laws .is-broken')).toMatch(
      /starves .*broken by seed \d+: equal endpoints got 1000 0 0 0 0/,
    );
  });

  test('one that loops, throws or is no JavaScript ends, and the page stays usable', async () => {
    for (const [, code] of HOSTILE.slice(0, 3)) await expectHarmless(open.page, code);
  });
});
