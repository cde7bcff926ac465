/** Every hostile strategy that we have thought of ends, and the page stays usable. */

import { afterAll, beforeAll, describe, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { expectHarmless, HOSTILE } from './support/hostile.ts';
import { LabBrowser } from './support/page.ts';

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`hostile strategies in a browser${reason}`, () => {
  let lab: LabBrowser;
  beforeAll(async () => {
    lab = await LabBrowser.start();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test.each(HOSTILE)('one that %s', async (_, code) => {
    const { page } = await lab.open();
    await expectHarmless(page, code);
    await page.context().close();
  });
});
