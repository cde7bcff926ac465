/** Each fault does to clients what it is there for, and a balancer with its policies on repairs it. */

import { strategyNamed } from '@evenkeel/core';
import { accountedFor } from '@evenkeel/report';
import { FAULT_KINDS, type RequestCounts, simulate } from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { BARE, run, scenarioOf, withFault } from './support.ts';

function failures({ errors, lost }: RequestCounts): Record<string, number> {
  return Object.fromEntries(Object.entries({ ...errors, lost }).filter(([, count]) => count > 0));
}

/** What clients see of each fault through a balancer that does nothing about it. */
const SYMPTOMS: Record<string, readonly string[]> = {
  latency: [],
  error: ['status5xx'],
  failFirst: ['status5xx'],
  reset: ['status5xx'],
  blackhole: ['lost'],
  refuse: ['status5xx'],
  bandwidth: [],
  slowClose: [],
  truncate: ['truncated'],
  garbage: ['status5xx'],
  healthLie: [],
  fastError: ['status5xx'],
  leak: [],
  kill: ['status5xx'],
  freeze: [],
  restart: ['status5xx'],
};

const SETTINGS: Record<string, object> = {
  latency: { latencyMs: 100 },
  failFirst: { n: 10 },
  bandwidth: { bytesPerSecond: 1000 },
  slowClose: { delayMs: 100 },
  leak: { msPerRequest: 0.2 },
};

describe('without health checks, ejection and retries', () => {
  it.each(FAULT_KINDS)('%s shows as what it is', (kind) => {
    const { requests } = run(withFault({ kind, ...SETTINGS[kind] }, BARE));
    expect(Object.keys(failures(requests))).toEqual(SYMPTOMS[kind]);
    expect(accountedFor(requests)).toBe(requests.sent);
  });

  it('a fault that hits a third of the requests at a quarter of the fleet fails a twelfth', () => {
    const scenario = scenarioOf({
      ...BARE,
      faults: [{ atMs: 0, target: 'web-1', fault: { kind: 'error', rate: 1 / 3 } }],
      load: { kind: 'open', ratePerSecond: 2000, warmupMs: 0, durationMs: 20_000 },
    });
    const { requests } = run(scenario);
    expect(Math.abs(requests.errors.status5xx / requests.sent - 1 / 12)).toBeLessThan(0.005);
  });

  it('failFirst fails exactly its number', () => {
    const { requests } = run(withFault({ kind: 'failFirst', n: 7 }, BARE));
    expect(failures(requests)).toEqual({ status5xx: 7 });
  });

  it('an answer that breaks off mid-body is seen by the client as such', () => {
    const { requests } = run(withFault({ kind: 'reset', when: 'mid-body' }, BARE));
    expect(Object.keys(failures(requests))).toEqual(['reset']);
  });
});

describe('with them', () => {
  const REPAIRED = ['kill', 'refuse', 'restart', 'garbage', 'reset'];
  it.each(REPAIRED)('%s costs no idempotent request', (kind) => {
    const { requests, retries, servedTwice } = run(withFault({ kind }));
    expect(failures(requests)).toEqual({});
    expect(retries).toBeGreaterThan(0);
    expect(servedTwice).toBe(0);
  });

  it.each(['blackhole', 'freeze'])(
    '%s costs none either where the balancer waits less than the client',
    (kind) => {
      const { requests } = run(withFault({ kind }, { lb: { timeouts: { responseHeadMs: 300 } } }));
      expect(failures(requests)).toEqual({});
    },
  );

  it('a POST that may have been served is never sent again', () => {
    const load = { kind: 'open', ratePerSecond: 400, warmupMs: 0, durationMs: 6000, postShare: 1 };
    const { requests, servedTwice } = run(withFault({ kind: 'reset', rate: 0.5 }, { load }));
    expect(servedTwice).toBe(0);
    expect(requests.errors.status5xx).toBeGreaterThan(0);
  });

  it('an answer whose head is out is never retried', () => {
    const { requests, retries } = run(withFault({ kind: 'truncate', rate: 0.05 }));
    expect(requests.errors.truncated).toBeGreaterThan(0);
    expect(retries).toBe(0);
  });

  it('a lying health check keeps a sound backend out', () => {
    const lb = { health: { type: 'http', intervalMs: 200, fastIntervalMs: 200 } };
    const result = run(withFault({ kind: 'healthLie', status: 503 }, { lb }));
    expect(result.events.some(({ endpoint, to }) => endpoint === 'web-2' && to === 'down')).toBe(
      true,
    );
    expect(failures(result.requests)).toEqual({});
  });

  it('all down: 503 at once, and service again within a second of the return', () => {
    const faults = [{ atMs: 1000, target: 'all', fault: { kind: 'kill' }, forMs: 2000 }];
    const scenario = scenarioOf({ faults, lb: { health: { intervalMs: 500 } } });
    const { timeline } = run(scenario, 'power-of-two', { timeline: true });
    const windows = new Map(timeline.map((window) => [window.tMs, window]));
    expect(windows.get(2000)).toMatchObject({ ok: 0 });
    expect(windows.get(4000)).toMatchObject({ errors: 0 });
  });
});

describe('the same world for every strategy', () => {
  it('a request that reaches the same backend meets the same faults', () => {
    const faults = [{ atMs: 0, target: 'all', fault: { kind: 'error', rate: 0.2 } }];
    const scenario = scenarioOf({
      ...BARE,
      faults,
      fleet: [{ id: 'web', concurrency: 200, service: { distribution: 'constant', meanMs: 5 } }],
    });
    const failed = (strategy: string): string[] => {
      const lines: string[] = [];
      const trace = (line: string): void => {
        if (line.includes('finished') && line.includes('5xx')) lines.push(line.split(' ')[2]!);
      };
      simulate({ scenario, strategy: strategyNamed(strategy).create(), trace });
      return lines;
    };
    expect(failed('random')).toEqual(failed('least-connections'));
    expect(failed('random').length).toBeGreaterThan(100);
  });
});
