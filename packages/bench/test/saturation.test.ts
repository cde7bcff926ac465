/** A closed load through the whole bench: command, fleet, balancer, table and results. */

import { fileURLToPath } from 'node:url';
import { accountedFor, SIMULATED } from '@evenkeel/report';
import { describe, expect, it } from 'vitest';
import { runForResults } from './support/command.ts';

const RUSH = fileURLToPath(new URL('./scenarios/rush.yaml', import.meta.url));

describe('a closed load', () => {
  it('is compared by throughput, before backends that do nothing: what is measured is the subject', async () => {
    const { results, stdout } = await runForResults(
      ...['bench', '--quick', '--rounds', '1', '--strategies', 'round-robin', '--scenario', RUSH],
    );
    const live = results.runs.filter(({ subject }) => subject !== SIMULATED);
    expect(live).toHaveLength(2);
    for (const { requests, attempts, servedTwice, generator, latencyMs, backends } of live) {
      expect(requests.sent).toBeGreaterThan(0);
      expect(accountedFor(requests)).toBe(requests.sent);
      expect([requests.ok, requests.lost]).toEqual([requests.sent, 0]);
      // Null backends keep no journal.
      expect([attempts, servedTwice]).toEqual([null, null]);
      expect(backends.map(({ id }) => id).sort()).toEqual(['web-1', 'web-2']);
      expect(generator).toMatchObject({ plannedRate: null, latenessP99Ms: null });
      // Of the scenario's fleet each of eight clients would wait for two services of 5 ms.
      expect(latencyMs.p50!).toBeLessThan(10);
    }
    expect(results.comparisons.map(({ metric }) => metric)).toEqual(['throughput']);
    expect(stdout).toMatch(/arm +ok\/s +answered/);
  });
});
