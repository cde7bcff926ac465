import { describe, expect, test } from 'vitest';
import { sampleResults } from '../../test/support/sample.ts';
import { sampleRuns } from '../../test/support/sample-run.ts';
import { sectionsOf } from '../model/arms.ts';
import { matrixRow } from '../model/matrix-row.ts';
import { renderReport } from './page.ts';

const shape = { scenario: 's', sigma: 0.2, durationMs: 3000, ratePerSecond: 1000 };
const faults = [{ kind: 'kill', target: 'a', startMs: 0, endMs: null }];
const failing = { share: 0.5, cause: 'reset' } as const;

describe('strategies by scenarios', () => {
  test('each cell is the p99 over the best of its scenario, a repeated arm left out', () => {
    const section = sectionsOf(sampleResults())[0]!;
    const cells = matrixRow(section);
    expect(cells.map(({ arm }) => arm.strategy)).not.toContain('round-robin#2');
    const p99s = cells.map(({ arm }) => arm.latency.p99!);
    for (const [i, { times }] of cells.entries()) {
      expect(times).toBeCloseTo(p99s[i]! / Math.min(...p99s), 12);
    }
  });

  test('an arm that failed half of its requests is grey, marked, and never the best', () => {
    const runs = sampleRuns([
      { ...shape, strategy: 'sound', medianMs: 40 },
      { ...shape, strategy: 'quick', medianMs: 10, faults, failing },
    ]);
    const section = sectionsOf({ ...sampleResults(), runs, comparisons: [] })[0]!;
    const byName = new Map(matrixRow(section).map((cell) => [cell.arm.strategy, cell]));
    expect(byName.get('sound')).toMatchObject({ times: 1, failed: false, greyed: false });
    expect(byName.get('quick')).toMatchObject({ failed: true, greyed: true });
  });

  test('stands on the page once, live and simulated apart, with links to their sections', () => {
    const page = renderReport(sampleResults());
    const [table = '', ...others] = page.match(/<table class="matrix[^>]*>.*?<\/table>/gs) ?? [];
    expect(others).toEqual([]);
    const bodies = table.match(/<tbody>.*?<\/tbody>/gs) ?? [];
    expect(bodies.map((body) => new Set(body.match(/live|simulated(?=<)/g)))).toEqual([
      new Set(['live']),
      new Set(['simulated']),
    ]);
    for (const [, id] of table.matchAll(/href="#([^"]+)"/g)) {
      expect(page).toMatch(new RegExp(`<details class="card[^>]*id="${id}"`));
    }
  });
});
