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
/** Puts a text into the panel of files, and asks for it to be shown. */
const text = (yaml: string): string => `{
  document.getElementById('yaml').value = ${JSON.stringify(yaml)};
  [...document.querySelectorAll('button')].find((one) => one.textContent === 'Show this text').click();
}`;
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
    // Runs in the background end once their table is out of sight and something else is shown.
    await page.evaluate('scrollTo(0, 0)');
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
    await inPage(
      page,
      `lab.open({ ...lab.file, strategies: ['random', 'power-of-two', 'peak-ewma'] });`,
    );
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

    // In the same window too, in which the address alone changes.
    await page.selectOption('#library', 'uniform');
    await page.evaluate(`location.hash = ''; location.hash = ${JSON.stringify(fragment)}`);
    await until(page, `evenkeelLab.lab.scenario.name === 'sinkhole'`);
    expect(await inPage(page, momentAt(2750.25))).toEqual(shown);
  });

  test('a damaged address, file or text is told of in one line, and nothing is lost', async () => {
    const { page, complaints } = open;
    await page.selectOption('#library', 'one-dies');
    const before = await inPage(page, momentAt(1234.5));
    const problem = '#problem:not([hidden])';
    for (const [act, message] of [
      [`location.hash = '#lab=broken'`, /^the address is damaged/],
      [`location.hash = '#lab=' + btoa('x'.repeat(500))`, /^the address is damaged/],
      [text('a: ['), /^the text/],
      [text('- 1'), /^the text: .*mapping/],
      [text('{"schema": "evenkeel.lab/9"}'), /^the text: schema must be evenkeel\.lab\/1/],
      [text('a: &a [1]\nb: [*a,*a,*a]'), /^the text: /],
      [text('<img src=x onerror="document.title=1">'), /^the text/],
    ] as const) {
      await page.evaluate(act);
      const told = await page.waitForSelector(problem).then((one) => one.textContent());
      expect(told).toMatch(message);
      expect(told!.length).toBeLessThan(500);
      expect(told).not.toContain('\n');
      expect(await inPage(page, momentAt(1234.5))).toEqual(before);
      await page.evaluate(`document.getElementById('problem').hidden = true`);
    }
    expect(complaints).toEqual([]);
  });

  test('a film that was saved brings its counter-example with it', async () => {
    const { page } = open;
    const step = {
      what: 'join(a)',
      endpoints: [{ id: 'a', state: 'ready', inFlight: 0 }],
      picked: 'a',
    };
    const steps = { title: 'Film', law: 'turns: a was picked again', steps: [step] };
    const file = { schema: 'evenkeel.lab/1', note: 'why', steps };
    await page.evaluate(text(JSON.stringify(file)));
    expect(await page.textContent('#problem:not([hidden])')).toBe('why');
    expect(await page.textContent('#steps:not([hidden])')).toMatch(
      /join\(a\), which goes to a.*turns:/,
    );
  });

  test('a world that takes for ever can be left', async () => {
    const { page } = open;
    await inPage(
      page,
      `const { scenario } = lab.file;
       const load = { kind: 'open', ratePerSecond: 1e6, durationMs: 600000 };
       lab.open({ ...lab.file, scenario: { ...scenario, faults: [], load }, atMs: 599999 });`,
    );
    await until(page, '!evenkeelLab.lab.isSettled');
    await page.selectOption('#library', 'uniform');
    const [frame] = await inPage<readonly { readonly atMs: number }[]>(page, momentAt(500));
    expect(frame!.atMs).toBe(500);
  });
});
