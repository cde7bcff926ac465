/** Each fault does to clients what it is there for, and a balancer with its policies on repairs it. */

import { strategyNamed } from '@evenkeel/core';
import { accountedFor } from '@evenkeel/report';
import {
  FAULT_KINDS,
  type FaultKind,
  type RequestCounts,
  type SimulationResult,
  simulate,
} from '@evenkeel/sim';
import { describe, expect, it } from 'vitest';
import { BARE, run, scenarioOf, withFault } from './support.ts';

function failures({ errors, lost }: RequestCounts): Record<string, number> {
  return Object.fromEntries(Object.entries({ ...errors, lost }).filter(([, count]) => count > 0));
}

/** What shows that a fault did something, beside a run without it; and which failures clients see. */
interface Effect {
  readonly settings?: object;
  readonly failures?: readonly string[];
  /** Where clients see no failure: what is different from a calm run. */
  readonly differs?: (faulty: SimulationResult, calm: SimulationResult) => boolean;
  readonly lb?: object;
}

const meanMs = ({ response }: SimulationResult): number => response.meanMs;
const peak = ({ backends }: SimulationResult): number =>
  backends.find(({ id }) => id === 'web-2')!.peakInFlight;

const EFFECTS: Record<FaultKind, Effect> = {
  latency: {
    settings: { latencyMs: 100 },
    differs: (faulty, calm) => meanMs(faulty) > meanMs(calm) + 5,
  },
  error: { failures: ['status5xx'] },
  failFirst: { settings: { n: 10 }, failures: ['status5xx'] },
  reset: { failures: ['status5xx'] },
  blackhole: { failures: ['lost'] },
  refuse: { failures: ['status5xx'] },
  bandwidth: {
    settings: { bytesPerSecond: 1000 },
    differs: (faulty, calm) => meanMs(faulty) > meanMs(calm) + 5,
  },
  // The answer comes in time; what is left is a connection that is still open.
  slowClose: {
    settings: { delayMs: 100 },
    differs: (faulty, calm) => peak(faulty) > peak(calm) + 5 && meanMs(faulty) === meanMs(calm),
  },
  truncate: { failures: ['truncated'] },
  garbage: { failures: ['status5xx'] },
  healthLie: {
    settings: { status: 503 },
    lb: { health: { type: 'http', intervalMs: 200, fastIntervalMs: 200 } },
    differs: (faulty, calm) => faulty.events.length > calm.events.length,
  },
  fastError: { failures: ['status5xx'] },
  leak: {
    settings: { msPerRequest: 0.2 },
    differs: (faulty, calm) => meanMs(faulty) > meanMs(calm) + 1,
  },
  kill: { failures: ['status5xx'] },
  freeze: { differs: (faulty) => faulty.response.maxMs > 1000 },
  restart: { failures: ['status5xx'] },
};

describe('without health checks, ejection and retries', () => {
  it.each(FAULT_KINDS)('%s does something, and shows as what it is', (kind) => {
    const { settings, failures: expected = [], differs, lb } = EFFECTS[kind];
    const rest = { lb: { ...(BARE.lb as object), ...lb } };
    const faulty = run(withFault({ kind, ...settings }, rest));
    expect(Object.keys(failures(faulty.requests))).toEqual(expected);
    expect(accountedFor(faulty.requests)).toBe(faulty.requests.sent);
    if (expected.length === 0) expect(differs?.(faulty, run(scenarioOf(rest)))).toBe(true);
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

describe('a process that is killed while it is down', () => {
  it('ends no request a second time', () => {
    const kill = { kind: 'kill' };
    const at = [1000, 1000, 1001, 1020];
    const scenario = scenarioOf({
      fleet: [
        {
          id: 'web',
          count: 4,
          concurrency: 2,
          queue: 0,
          service: { distribution: 'exponential', meanMs: 20 },
        },
      ],
      faults: at.map((atMs) => ({ atMs, target: 'all', fault: kill, forMs: 500 })),
    });
    for (let seed = 0; seed < 20; seed++) {
      const { requests } = run(scenario, 'round-robin', { seed });
      expect(accountedFor(requests)).toBe(requests.sent);
    }
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
    '%s costs none either where the balancer waits less than the client, and tries again after that',
    (kind) => {
      const retries = { on: ['connect', 'reset', 'timeout'] };
      const lb = { timeouts: { responseHeadMs: 300 }, retries };
      const { requests } = run(withFault({ kind }, { lb }));
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
