/** What was drained by hand in the page runs on real processes: exported, simulated to the same hash, then live. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { inPage, LabBrowser, momentAt } from './support/page.ts';

const BENCH = fileURLToPath(new URL('../../bench/src/main.ts', import.meta.url));
const DRAINED = 'web-2';

interface Live {
  readonly verdict: { readonly status: string };
  readonly runs: readonly {
    readonly subject: string;
    readonly requests: { readonly sent: number; readonly ok: number; readonly lost: number };
    readonly backends: readonly { readonly id: string; readonly share: number }[];
    readonly events?: readonly { readonly source: string; readonly text: string }[];
  }[];
}

/** An episode made by hand: drained after a second, back in service two seconds later. */
async function exported(): Promise<string> {
  await using lab = await LabBrowser.start();
  const { page } = await lab.open();
  await page.selectOption('#library', 'uniform');
  // Three of four can carry it, and no limit in time depends on how busy this machine is.
  await inPage(
    page,
    `const { objectives, ...scenario } = lab.file.scenario;
     lab.open({ ...lab.file, scenario: { ...scenario, load: { ...scenario.load, fraction: 0.4 } } });`,
  );
  for (const [atMs, what] of [
    [1500, 'Drain'],
    [3500, 'Back in service'],
  ] as const) {
    await inPage(page, momentAt(atMs));
    await page.click(`.world >> nth=0 >> [data-backend="${DRAINED}"]`);
    await page.click(`[role=menuitem]:has-text("${what}")`);
  }
  return await inPage<string>(page, 'return files.yaml;');
}

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`an exported episode${reason}`, () => {
  test('runs live, in chaos and in the bench: drained, given back, and nothing is lost', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lab-live-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'episode.yaml');
    const yaml = await exported();
    expect(yaml).toMatch(/action: drain[\s\S]*action: ready/);
    await writeFile(file, yaml);
    const live = async (command: string): Promise<Live> => {
      const json = join(folder, `${command}.json`);
      const out = join(folder, command);
      const args = [command, '--scenario', file, '--strategies', 'round-robin'];
      const outcome = promisify(execFile)(
        process.execPath,
        [BENCH, ...args, '--json', json, '--out', out],
        { maxBuffer: 1 << 26 },
      );
      // Without objectives the verdict may be unknown: exit code 3.
      await outcome.catch((error: { code?: number }) => expect(error.code).toBe(3));
      return JSON.parse(await readFile(json, 'utf8'));
    };

    const chaos = await live('chaos');
    expect(chaos.verdict.status).not.toBe('fail');
    for (const results of [chaos, await live('bench')]) {
      const run = results.runs.find(({ subject }) => subject === 'evenkeel');
      expect(run?.requests).toMatchObject({ ok: run?.requests.sent, lost: 0 });
      const share = (id: string): number =>
        run?.backends.find((backend) => backend.id === id)?.share ?? Number.NaN;
      const others = run?.backends.filter(({ id }) => id !== DRAINED) ?? [];
      for (const { id } of others) expect(share(DRAINED)).toBeLessThan(0.9 * share(id));
    }
    const told = chaos.runs[0]?.events?.filter(({ source }) => source === 'balancer') ?? [];
    const states = told.filter(({ text }) => text.includes(DRAINED)).map(({ text }) => text);
    expect(states.join('\n')).toMatch(/drain[\s\S]*ready/);
  });
});
