/** Every scenario of the library has the trace hash in a browser that it has in Node. */

import { scenarioNames } from '@evenkeel/sim';
import { describe, expect, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { expectHashesOfNode } from './support/hashes.ts';
import { LabBrowser } from './support/page.ts';

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`films in a browser${reason}`, () => {
  test('every scenario of the library has the trace hash that it has in Node', async () => {
    await using lab = await LabBrowser.start();
    const { page, complaints } = await lab.open();
    await expectHashesOfNode(page, scenarioNames());
    expect(complaints).toEqual([]);
  });
});
