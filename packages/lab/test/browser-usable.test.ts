/** Usable by all: names, contrast and structure by axe-core; the keyboard alone; less motion; a lesson of the tour. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectUsableByAll } from '../../../tools/axe.ts';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { inPage, LabBrowser, momentAt, type OpenPage, until } from './support/page.ts';

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`the page${reason}`, () => {
  let lab: LabBrowser;
  let open: OpenPage;
  beforeAll(async () => {
    lab = await LabBrowser.start();
    open = await lab.open({ viewport: { width: 1280, height: 900 } });
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test('by keyboard alone: play, step, scrub, break a backend and mend it', async () => {
    const { page } = open;
    await inPage(page, momentAt(1500));
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('.');
    await until(page, 'evenkeelLab.lab.atMs > 1500');
    const stepped = await inPage<number>(page, 'return lab.atMs;');
    await page.keyboard.press('ArrowLeft');
    expect(await inPage(page, 'return lab.atMs;')).toBe(stepped - 10);
    await page.keyboard.press('Space');
    expect(await inPage(page, 'return lab.isPlaying;')).toBe(true);
    await page.keyboard.press('Space');
    expect(await inPage(page, 'return lab.isPlaying;')).toBe(false);
    await inPage(page, momentAt(1500));
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
    const words = `document.querySelector('.world > .hidden-text').textContent`;
    await until(page, `${words}.startsWith('At 4') && ${words}.includes('killed')`);
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Mend it');
    await page.keyboard.press('Escape');
  });

  test('words and charts follow a film that has stopped, however soon after another moment', async () => {
    const { page } = open;
    await inPage(page, 'tour.show(0);');
    for (const second of [2, 3, 4, 5]) await inPage(page, momentAt(second * 1000));
    const words = `document.querySelector('.world > .hidden-text').textContent`;
    await until(page, `${words}.startsWith('At 5')`);
  });

  test('who wants less motion sees no travelling requests, and charts all the same', async () => {
    const { page } = open;
    const travellers = 'evenkeelLab.stage.travellers';
    await inPage(page, momentAt(3000));
    await until(page, `${travellers} > 0`);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await until(page, `${travellers} === 0`);
    await inPage(page, momentAt(3500));
    const label = `document.querySelector('.chart canvas').getAttribute('aria-label')`;
    await until(page, `${label}.includes('ms')`);
    expect(await page.evaluate(travellers)).toBe(0);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
  });

  test('a lesson asks before it plays, and says whether the prediction was right', async () => {
    const { page } = open;
    await page.click('[aria-label^="Lesson 6"]');
    expect(await inPage(page, 'return lab.isPlaying;')).toBe(false);
    expect(await page.textContent('#tour h2')).toBe('The sinkhole');
    await page.click('.tour-question button >> nth=0');
    expect(await page.textContent('.explanation')).toMatch(/^It is: Least connections\./);
    expect(await inPage(page, 'return lab.isPlaying;')).toBe(true);
  });

  test('has no violation in the light on a desk and in the dark on a phone, and no line is too wide', async () => {
    const { page, complaints, requests } = open;
    await inPage(page, momentAt(2000));
    await expectUsableByAll(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await inPage(page, momentAt(2500));
    await expectUsableByAll(page);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  });
});
