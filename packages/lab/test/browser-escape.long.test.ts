/** No way out of the page itself: each door that leads to a server from a plain page is shut in the lab's. */

import { describe, expect, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { Listener, OPEN_IN_PAGE, tryDoorsOfPage } from './support/doors.ts';
import { LabBrowser } from './support/page.ts';

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`ways out of the page${reason}`, () => {
  test('a plain page reaches the server through each door of its own; the page of the lab through none', async () => {
    await using lab = await LabBrowser.start();
    await using listener = await Listener.start();
    const { page } = await lab.open({ offline: false });
    const all = `${tryDoorsOfPage(listener.port)}.then(() => 'tried')`;
    expect(await page.evaluate(all)).toBe('tried');
    expect([...listener.arrivals]).toEqual([]);

    const plain = await page.context().newPage();
    await plain.goto(`http://127.0.0.1:${listener.port}/page`);
    expect(await plain.evaluate(all)).toBe('tried');
    const doors = OPEN_IN_PAGE.map((name) => `/${name}`);
    await expect
      .poll(() => [...listener.arrivals])
      .toEqual(expect.arrayContaining([...doors, 'udp']));
    await plain.close();
  });
});
