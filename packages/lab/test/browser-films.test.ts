/** Films in a browser are those of Node: hashes, moments from either side, exports, addresses. */

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { expectHashesOfNode } from './support/hashes.ts';
import { inPage, LabBrowser, momentAt, type OpenPage, until } from './support/page.ts';

const SIM = fileURLToPath(new URL('../../sim/src/main.ts', import.meta.url));
/** A fault, old load reports with several balancers, another kind of arrivals. */
const SCENARIOS = ['one-dies', 'old-news', 'bursty'];
/** Of a row of the table of runs: the last cell. */
const shownHash = (row: number): string =>
  `document.querySelectorAll('tbody tr')[${row}]?.lastElementChild.textContent`;
const HASH = /^[0-9a-f]{16}$/;

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`films in a browser${reason}`, () => {
  let lab: LabBrowser;
  let open: OpenPage;
  beforeAll(async () => {
    lab = await LabBrowser.start();
    open = await lab.open();
  });
  afterAll(() => lab?.[Symbol.asyncDispose]());

  test('scenarios of the library have the trace hash that they have in Node', async () => {
    await expectHashesOfNode(open.page, SCENARIOS);
  });

  test('a moment is the same from either side, by dragging the line of time too', async () => {
    const { page } = open;
    await page.selectOption('#library', 'one-dies');
    const first = await inPage(page, momentAt(2345.6));
    await inPage(page, momentAt(5000));
    expect(await inPage(page, momentAt(2345.6))).toEqual(first);
    await inPage(page, momentAt(100));
    await page.evaluate(`{
      const line = document.querySelector('.timeline input');
      line.value = '2345.6';
      line.dispatchEvent(new Event('input'));
    }`);
    expect(await inPage(page, momentAt(2345.6))).toEqual(first);
  });

  test('what was broken by hand is exported, and `pnpm sim` comes to the hash that is shown', async () => {
    const { page, complaints } = open;
    await page.selectOption('#library', 'uniform');
    await inPage(page, momentAt(1500));
    await page.click('.world >> nth=0 >> [data-backend="web-2"]');
    await page.click('[role=menuitem]:text("Kill")');
    await inPage(page, momentAt(2600.5));
    await page.click('.world >> nth=1 >> [data-backend="web-2"]');
    await page.click('[role=menuitem]:text("Mend it")');
    await page.click('.world >> nth=0 >> [data-backend="web-3"]');
    await page.click('[role=menuitem]:text("Drain")');
    await page.evaluate(`{
      const load = document.getElementById('load');
      load.value = String(Number(load.max) / 2);
      load.dispatchEvent(new Event('change'));
    }`);
    await page.evaluate(`document.querySelector('.table-card').scrollIntoView()`);
    await until(page, `/^[0-9a-f]{16}$/.test(${shownHash(0)})`);
    const shown = await page.evaluate<string>(shownHash(0));
    const yaml = await inPage<string>(page, 'return files.yaml;');
    expect(yaml).toMatch(/kind: kill[\s\S]*drain[\s\S]*ratePerSecond/);
    const path = join(lab.folder, 'exported.yaml');
    await writeFile(path, yaml);
    const strategy = await inPage<string>(page, 'return lab.file.strategies[0];');
    const args = [SIM, '--scenario', path, '--strategy', strategy, '--json', '-'];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    expect(shown).toMatch(HASH);
    expect(JSON.parse(stdout).traceHash).toBe(shown);
    expect(complaints).toEqual([]);
  });

  test('an address that is opened again shows the same frame', async () => {
    const { page } = open;
    await page.selectOption('#library', 'sinkhole');
    await inPage(page, `lab.open({ ...lab.file, strategies: ['random', 'maglev', 'peak-ewma'] });`);
    const shown = await inPage(page, momentAt(2750.25));
    await page.click('#share');
    await until(page, `location.hash.startsWith('#lab=')`);
    const fragment = await page.evaluate<string>('location.hash');
    const again = await lab.open({}, fragment);
    const reopened = await inPage<readonly unknown[]>(again.page, momentAt(2750.25));
    expect(reopened).toEqual(shown);
    expect(reopened).toHaveLength(3);
    expect(again.complaints).toEqual([]);
    await again.page.context().close();
  });

  test('a damaged address is told of, and the page works', async () => {
    const { page } = await lab.open({}, '#lab=broken');
    expect(await page.textContent('#problem')).toMatch(/address is damaged/);
    expect(await inPage<unknown[]>(page, momentAt(500))).toHaveLength(2);
    await page.context().close();
  });
});
