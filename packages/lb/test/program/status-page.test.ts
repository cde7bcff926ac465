/** The status page in a real browser: what it shows is what the API says, while it changes. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUsableByAll } from '../../../../tools/axe.ts';
import { launchBrowser, NO_BROWSER, PATIENCE_MS } from '../../../../tools/browser.ts';
import { configFor, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend, until } from './support.ts';

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

const FAST_TIMERS = `const slow = setTimeout; globalThis.setTimeout = (f, ms) => slow(f, ms / 20);`;

const firstBackend = (page: Page): Promise<string | null> =>
  page
    .locator('tbody tr th')
    .first()
    .evaluate((cell) => cell.firstChild?.textContent ?? null);

test.skipIf(NO_BROWSER !== undefined)(
  'it shows what is wrong, first and in words, changes what a button says, and tells when it is old',
  async () => {
    const errors: string[] = [];
    const page = await browser!.newPage({ viewport: { width: 400, height: 800 } });
    page.setDefaultTimeout(PATIENCE_MS);
    // Its clock runs ahead, so that the test does not wait for the next poll.
    await page.addInitScript(FAST_TIMERS);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('dialog', (dialog) => void dialog.accept());
    await page.goto(running.adminUrl);
    await page.getByLabel('Admin token').fill(TOKEN);
    await page.getByRole('button', { name: 'Show' }).click();
    const health = page.locator('#health');
    const row = (id: string) =>
      page.locator('tbody tr', { hasText: `127.0.0.1` }).filter({
        has: page.getByRole('button', { name: new RegExp(`: ${id}$`) }),
      });

    await health.filter({ hasText: 'All is well' }).waitFor();
    for (let i = 0; i < 8; i++) await running.get();
    await row('a').locator('td').nth(1).filter({ hasText: /^4$/ }).waitFor();
    expect(await page.locator('#ready').textContent()).toBe('2 of 2');
    expect(await page.locator('.about').first().textContent()).toBe('round-robin · 2 of 2 ready');
    expect(await page.title()).toBe('evenkeel');
    await expectUsableByAll(page);

    b.health = 500;
    await row('b').getByText('down', { exact: true }).waitFor();
    await row('b')
      .getByText(/^health check: status 500, \d+ s ago$/)
      .waitFor();
    await health.filter({ hasText: 'default: 1 of 2 backends is down' }).waitFor();
    expect(await health.getAttribute('class')).toBe('amber');
    expect(await page.title()).toMatch(/^\(!\) default: 1 of 2 backends is down/);
    expect(await firstBackend(page)).toBe('b');
    await page.locator('#events li', { hasText: 'b ready → down (probe failed' }).waitFor();

    await page.getByLabel('Filter').fill('ready');
    await until(async () => (await page.locator('tbody tr').count()) === 1, 'one row is left');
    expect(await firstBackend(page)).toBe('a');
    await page.getByLabel('Filter').fill('');

    await page.getByRole('button', { name: 'Drain: a' }).click();
    await row('a').getByText('drain', { exact: true }).waitFor();
    await health.filter({ hasText: 'none of 2 backends is ready' }).waitFor();
    expect(await health.getAttribute('class')).toBe('red');
    await page.getByRole('button', { name: 'Ready: a' }).click();
    await row('a').getByText('ready', { exact: true }).waitFor();

    await running.balancer.close();
    await health
      .filter({ hasText: /^No answer from the balancer; the figures are of \d+ s ago/ })
      .waitFor();
    expect(await page.title()).toBe('(!) no answer – evenkeel');
    expect(await page.locator('body').getAttribute('class')).toBe('stale');
    expect(errors).toEqual([]);
  },
);
