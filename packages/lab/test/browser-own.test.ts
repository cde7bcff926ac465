/** Strategies of the user's own: a good one races, a wrong one is told which law it breaks, a hostile one harms nothing. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { expectHarmless, expectUsable, HOSTILE, race, STOPPED } from './support/hostile.ts';
import { inPage, LabBrowser, momentAt, until } from './support/page.ts';

/** Names that a strategy must not find, wherever it looks. */
const DOORS = ['fetch', 'XMLHttpRequest', 'WebSocket', 'Worker', 'importScripts', 'postMessage'];

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`own strategies in a browser${reason}`, () => {
  let lab: LabBrowser;
  beforeAll(async () => {
    lab = await LabBrowser.start();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test('the example obeys all laws, and races', async () => {
    const { page, complaints } = await lab.open();
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
    await page.context().close();
  });

  test('one that always takes the first is shown the law and its counter-example', async () => {
    const { page } = await lab.open();
    await page.click('summary:has-text("Write your own")');
    await page.click('.cm-content');
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('return () => ({ pick: (candidates) => candidates[0] });');
    await page.click('button:text("Check and race")');
    await page.waitForSelector('.laws .is-broken');
    expect(await page.textContent('.laws .is-broken')).toMatch(
      /starves .*broken by seed \d+: equal endpoints got 1000 0 0 0 0/,
    );
    await page.context().close();
  });

  test.each(HOSTILE.slice(0, 4))('one that %s ends, and the page stays usable', (_, code) =>
    expectHarmless(lab, code),
  );

  test('no strategy finds a way out of its worker', async () => {
    const { page, requests } = await lab.open();
    const looks = DOORS.map((name) => `typeof ${name} + typeof globalThis.${name}`);
    await race(
      page,
      `const found = [${looks.join(', ')}].filter((one) => one !== 'undefinedundefined');
       let evaluated = 'no';
       try { evaluated = [].constructor.constructor('return 1')(); } catch {}
       let self = typeof this;
       const imported = import('https://example.org/x.js').then(() => 'yes', () => 'no');
       throw new Error([...found, evaluated, self].join(' '));`,
    );
    await until(page, STOPPED);
    expect(await inPage<string>(page, 'return lab.worlds[1].error;')).toBe('Error: no undefined');
    await expectUsable(page);
    expect(requests).toEqual([]);
    await page.context().close();
  });
});
