/** `pnpm bench --sweep` end to end: two subjects, one of which answers every fourth request with 503. */

import { fileURLToPath } from 'node:url';
import { SIMULATED } from '@evenkeel/report';
import { expect, it } from 'vitest';
import { badProxy, runForResults } from './support/command.ts';

const SHORT = fileURLToPath(new URL('./scenarios/short.yaml', import.meta.url));
const LOADS = [0.3, 0.5, 0.7, 0.8, 0.9];

it('a live sweep keeps its subjects apart, shows errors, keeps its runs, and is called live', async () => {
  const { results, stdout, page } = await runForResults(
    ...['bench', '--quick', '--rounds', '1', '--sweep', '--scenario', SHORT],
    ...['--subjects', `direct,${badProxy('errs', '--refuse 4')}`],
  );
  const swept = results.runs.filter(({ sweepLoad }) => sweepLoad !== undefined);
  expect(swept.map(({ subject }) => subject)).not.toContain(SIMULATED);
  expect(new Set(swept.map(({ sweepLoad }) => sweepLoad))).toEqual(new Set(LOADS));
  const [sweep] = results.sweeps ?? [];
  expect(sweep?.live).toBe(true);
  // A busy machine may void a point; what is there is right.
  for (const { subject, load, answered } of sweep?.points ?? []) {
    const mine = swept.filter((run) => run.subject === subject && run.sweepLoad === load);
    expect(mine).toHaveLength(3);
    if (subject === 'errs') expect(answered).toBeCloseTo(0.75, 1);
    else expect(answered).toBe(1);
  }
  expect(stdout).toMatch(/mean response over load, live/);
  for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(140);
  expect(page).toContain('Response over load, live');
  expect(page).not.toContain('Response over load, simulated');
});
