/**
 * A headless browser for tests that look at pages: Debian's chromium, driven by playwright-core. Where
 * there is none a test says so and is skipped; under CI that is a failure, because CI installs it.
 */

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Path of a browser, from `CHROMIUM` or the usual places. */
export const BROWSER: string | undefined = [process.env.CHROMIUM ?? '', ...PLACES].find(
  (path) => path !== '' && existsSync(path),
);

/** Why tests that need a browser are skipped; undefined where they are not. */
export const NO_BROWSER: string | undefined =
  BROWSER === undefined && process.env.CI === undefined
    ? 'no chromium found: install the package chromium, or set CHROMIUM to its path'
    : undefined;

/** What a page may take for a step; ends a hang, no more. */
export const PATIENCE_MS = 100_000;

/** Starts the browser; the caller closes it. */
export function launchBrowser(): Promise<Browser> {
  if (BROWSER === undefined) throw new Error('no chromium found, and CI must have one');
  return chromium.launch({
    executablePath: BROWSER,
    timeout: PATIENCE_MS,
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
