/** The status page in a real browser: what it shows is what the API says, while it changes. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER } from '../../../../tools/browser.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend } from './support.ts';

const TOKEN = 'a-long-secret';

let a: Backend;
let b: Backend;
let running: Running;
let browser: Browser | undefined;

beforeAll(async () => {
  [a, b] = [await startBackend('a'), await startBackend('b')];
  running = await startBalancer(configFor([a, b], { admin: { listen: '0', token: TOKEN } }));
  if (NO_BROWSER === undefined) browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  await running.balancer.destroy();
  await Promise.all([a.stop(), b.stop()]);
});

async function openPage(colorScheme: 'light' | 'dark', errors: string[]): Promise<Page> {
  const page = await browser!.newPage({ colorScheme });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(running.adminUrl);
  await page.getByLabel('Admin token').fill(TOKEN);
  await page.getByRole('button', { name: 'Show' }).click();
  return page;
}

test.skipIf(NO_BROWSER !== undefined)(
  'it asks for the token, then shows backends and events as they are and as they change',
  async () => {
    const errors: string[] = [];
    const page = await openPage('light', errors);
    const rowOf = (id: string) => page.locator('tbody tr', { hasText: id });
    await page
      .getByRole('status')
      .filter({ hasText: /^ready$/ })
      .waitFor();
    for (let i = 0; i < 8; i++) await running.get();
    await rowOf(a.url).locator('td', { hasText: /^4$/ }).first().waitFor();
    expect(await page.locator('#ready').textContent()).toBe('2 of 2');

    a.health = 500;
    await rowOf(a.url).getByText('down', { exact: true }).waitFor();
    await rowOf(a.url).getByText('health check: status 500').waitFor();
    await page.locator('#events li', { hasText: 'a ready → down (probe failed' }).waitFor();
    a.health = 200;
    await rowOf(a.url).getByText('ready', { exact: true }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  },
);

test.skipIf(NO_BROWSER !== undefined)('text is legible in the light and in the dark', async () => {
  for (const scheme of ['light', 'dark'] as const) {
    const page = await openPage(scheme, []);
    await page.locator('tbody tr').first().waitFor();
    const ratio = await page.evaluate(CONTRAST_OF_ROW);
    expect(ratio).toBeGreaterThan(4.5);
    await page.close();
  }
});

/** The lowest contrast (WCAG 2) of the first row's texts to the card that they stand on. */
const CONTRAST_OF_ROW = `(() => {
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((c) => {
      const s = c / 255;
      return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const card = luminance(getComputedStyle(document.querySelector('.card')).backgroundColor);
  const texts = [...document.querySelectorAll('tbody tr:first-child *, thead th')];
  return Math.min(...texts.map((element) => {
    const text = luminance(getComputedStyle(element).color);
    return (Math.max(text, card) + 0.05) / (Math.min(text, card) + 0.05);
  }));
})()`;
