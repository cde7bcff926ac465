/** A closed load through the whole bench: command, fleet, balancer, accounting, table and results. */

import { fileURLToPath } from 'node:url';
import { accountedFor, SIMULATED } from '@evenkeel/report';
import { describe, expect, it } from 'vitest';
import { runForResults } from './support/command.ts';

const RUSH = fileURLToPath(new URL('./scenarios/rush.yaml', import.meta.url));

describe('a closed load', () => {
  it('is compared by throughput, and every request of it is accounted for', async () => {
    const { results, stdout } = await runForResults(
      ...['bench', '--quick', '--rounds', '1', '--strategies', 'round-robin', '--scenario', RUSH],
    );
    const live = results.runs.filter(({ subject }) => subject !== SIMULATED);
    expect(live).toHaveLength(2);
    for (const { requests, attempts, retries, servedTwice, generator, throughput } of live) {
      expect(requests.sent).toBeGreaterThan(0);
      expect(accountedFor(requests)).toBe(requests.sent);
      expect([requests.ok, requests.lost]).toEqual([requests.sent, 0]);
      // The backends' journals know each request by its id.
      expect([attempts, retries, servedTwice]).toEqual([requests.sent, 0, 0]);
      expect(generator).toMatchObject({ plannedRate: null, latenessP99Ms: null });
      expect(throughput).toBeLessThan(1.1 * 800);
    }
    expect(results.comparisons.map(({ metric }) => metric)).toEqual(['throughput']);
    expect(stdout).toMatch(/arm +rounds +ok\/s +p50/);
  });
});
