/** A deliberately bad proxy under `pnpm chaos`: the accounting has to catch what it does. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { badProxy, runForResults } from './support/command.ts';

const CALM = fileURLToPath(new URL('./scenarios/calm.yaml', import.meta.url));
const BRISK = fileURLToPath(new URL('./scenarios/brisk.yaml', import.meta.url));
const TIGHT = fileURLToPath(new URL('./scenarios/tight.yaml', import.meta.url));

function measured(
  results: Awaited<ReturnType<typeof runForResults>>['results'],
): Record<string, number | null> {
  const objectives = results.runs[0]?.objectives ?? [];
  return Object.fromEntries(objectives.map(({ name, measured: value }) => [name, value]));
}

describe('the accounting', () => {
  it('finds every request that a proxy drops', async () => {
    const { results } = await runForResults(
      'chaos',
      '--scenario',
      CALM,
      '--subjects',
      badProxy('drops', '--drop 100'),
    );
    // 560 requests in all, 60 of them in the warm-up: number 100 to 500 are dropped and measured.
    expect(measured(results)).toMatchObject({ lost: 5, servedTwice: 0, unfounded: 0 });
    expect(results.runs[0]?.requests).toMatchObject({ sent: 500, ok: 495, lost: 5 });
  });

  it('finds the one request in a thousand that a proxy drops', async () => {
    const { results } = await runForResults(
      'chaos',
      '--scenario',
      BRISK,
      '--subjects',
      badProxy('drops', '--drop 1000'),
    );
    // 1,120 requests in all, 120 of them in the warm-up: number 1,000 is dropped and measured.
    expect(measured(results)).toMatchObject({ lost: 1, servedTwice: 0, unfounded: 0 });
    expect(results.runs[0]?.requests).toMatchObject({ sent: 1000, ok: 999, lost: 1 });
  });

  it('finds one POST that was sent twice, and one answer that no backend gave', async () => {
    const { results, stdout } = await runForResults(
      'chaos',
      '--scenario',
      CALM,
      '--subjects',
      badProxy('doubles', '--double 60 --invent 200'),
    );
    expect(measured(results)).toMatchObject({ lost: 0, servedTwice: 1, unfounded: 1 });
    expect(stdout).toMatch(/servedTwice: calm-\S+/);
  });

  it('counts every attempt that reached a backend, also those that it turned away', async () => {
    const { results, stdout } = await runForResults(
      ...['chaos', '--scenario', TIGHT, '--subjects', badProxy('hammers', '--hammer 5')],
    );
    const [run] = results.runs;
    // Backends with hardly a queue turn most of it away, and have it on their books all the same.
    expect(run?.attempts).toBeGreaterThan(4.5 * (run?.requests.sent ?? 0));
    expect(run?.objectives.find(({ name }) => name === 'amplification')?.verdict).toBe('fail');
    expect(stdout).toMatch(/servedTwice +no POST was sent/);
    expect(results.verdict.status).toBe('fail');
  });

  it('finds nothing where nothing is wrong', async () => {
    const { results } = await runForResults('chaos', '--scenario', CALM, '--subjects', 'direct');
    expect(measured(results)).toMatchObject({ lost: 0, servedTwice: 0, unfounded: 0 });
    expect(results.runs[0]).toMatchObject({ attempts: 500, retries: 0 });
    expect(results.runs[0]?.backends.map(({ requests }) => requests)).toEqual([250, 250]);
  });
});
