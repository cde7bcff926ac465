/** Usable by all: names, contrast and structure by axe-core, in both themes and at a phone's width; the keyboard alone. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { inPage, LabBrowser, momentAt, until } from './support/page.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

interface Violation {
  readonly id: string;
  readonly nodes: readonly string[];
}

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`the page${reason}`, () => {
  let lab: LabBrowser;
  let axe = '';
  beforeAll(async () => {
    axe = await readFile(AXE, 'utf8');
    lab = await LabBrowser.start();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test.each([
    ['light', DESKTOP],
    ['dark', DESKTOP],
    ['light', PHONE],
    ['dark', PHONE],
  ] as const)('has no violation in %s at %j, and no line is too wide', async (theme, viewport) => {
    const { page, complaints, requests } = await lab.open({ colorScheme: theme, viewport });
    await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
    await inPage(page, momentAt(2000));
    await page.evaluate(axe);
    const violations = await page.evaluate<readonly Violation[]>(`axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }).then(({ violations }) => violations.map(({ id, nodes }) => ({
      id, nodes: nodes.map(({ html }) => html.slice(0, 200)),
    })))`);
    expect(violations).toEqual([]);
    const tooWide = `document.documentElement.scrollWidth > innerWidth`;
    expect(await page.evaluate(tooWide)).toBe(false);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
    await page.context().close();
  });

  test('by keyboard alone: play, step, scrub, break a backend and mend it', async () => {
    const { page } = await lab.open();
    await inPage(page, momentAt(1500));
    const stepped = await inPage<number>(page, 'return lab.atMs;');
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('.');
    await until(page, `evenkeelLab.lab.atMs > ${stepped}`);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Space');
    await until(page, 'evenkeelLab.lab.isPlaying');
    await page.keyboard.press('Space');
    await page.focus('.world [data-backend="web-1"]');
    await page.keyboard.press('ArrowDown');
    expect(await page.evaluate('document.activeElement.dataset.backend')).toBe('web-2');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Kill');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.dataset.backend')).toBe('web-2');
    expect(await page.textContent('#announce')).toBe('web-2: Kill');
    await inPage(page, momentAt(4000));
    await until(
      page,
      `document.querySelector('.world > .hidden-text').textContent.includes('killed')`,
    );
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Mend it');
    await page.keyboard.press('Escape');
    await page.context().close();
  });

  test('who wants less motion sees no travelling requests, and charts all the same', async () => {
    const { page } = await lab.open({ reducedMotion: 'reduce' });
    const first = await inPage<number>(page, 'return stage.travellers;');
    await inPage(page, momentAt(3000));
    expect(first + (await inPage<number>(page, 'return stage.travellers;'))).toBe(0);
    await until(
      page,
      `document.querySelector('.chart canvas').getAttribute('aria-label').includes('ms')`,
    );
    await page.context().close();
  });

  test('a lesson asks before it plays, and says whether the prediction was right', async () => {
    const { page } = await lab.open();
    await page.click('[aria-label^="Lesson 6"]');
    expect(await inPage(page, 'return lab.isPlaying;')).toBe(false);
    expect(await page.textContent('#tour h2')).toBe('The sinkhole');
    await page.click('.tour-question button >> nth=0');
    expect(await page.textContent('.explanation')).toMatch(/^It is: Least connections\./);
    await until(page, 'evenkeelLab.lab.isPlaying');
    await page.context().close();
  });
});
