/** Opens a page in a real browser, with no way out to any network. */

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { PATIENCE_MS } from '../../../../tools/browser.ts';

/** Opens all parts of a page, as text of a script; resolves when the events of opening are over too. */
export const OPEN_ALL: string = `(() => {
  for (const one of document.querySelectorAll('details')) one.open = true;
  return new Promise((done) => setTimeout(done, 100));
})()`;

export interface OpenPage {
  readonly page: Page;
  /** Warnings, errors and exceptions of the page. */
  readonly complaints: readonly string[];
  /** What it asked for besides itself. */
  readonly requests: readonly string[];
}

/** Opens a file; every other request is written down and refused. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ offline: true, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route('**', (route) => {
    const asked = route.request().url();
    if (asked === url.split('#')[0]) return route.continue();
    requests.push(asked);
    return route.abort();
  });
  await page.goto(url);
  await page.waitForSelector('html[data-ready]');
  return { page, complaints, requests };
}
