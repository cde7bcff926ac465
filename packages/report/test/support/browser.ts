/** A real browser for the page, with no way out to any network. */

import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** Undefined where none is installed. */
export const browserPath: string | undefined = PLACES.find((path) => existsSync(path));

export const NO_BROWSER: string = `no Chromium or Chrome at ${PLACES.join(', ')}`;

export function launch(): Promise<Browser> {
  // In CI a missing browser is a failure; elsewhere the tests are skipped before they come here.
  if (browserPath === undefined) throw new Error(NO_BROWSER);
  return chromium.launch({
    executablePath: browserPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

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
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route('**', (route) => {
    const asked = route.request().url();
    if (asked === url) return route.continue();
    requests.push(asked);
    return route.abort();
  });
  await page.goto(url);
  return { page, complaints, requests };
}
