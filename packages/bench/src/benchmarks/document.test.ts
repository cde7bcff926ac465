/** The committed document has the structure that its command gives it today; its figures are those of its day. */

import { existsSync, readFileSync } from 'node:fs';
import { strategies } from '@evenkeel/core';
import type { Comparison, Results, Run } from '@evenkeel/report';
import { loadScenario, scenarioNames, scenarioSummary } from '@evenkeel/sim';
import { describe, expect, test } from 'vitest';
import { benchmarksDocument } from './document.ts';
import { LIVE, STRATEGIES } from './measure.ts';

const COMMITTED = new URL('../../../../docs/benchmarks.md', import.meta.url);
const PROXIES = [
  'evenkeel',
  'evenkeel with access log',
  'nginx',
  'haproxy',
  'http-proxy',
  'node:http + undici',
  'Go ReverseProxy',
];
const LOADS = ['small GET (100 B)', '16 KiB GET', '1 KiB POST'];
const NO_ERRORS = {
  refused: 0,
  reset: 0,
  timeout: 0,
  truncated: 0,
  status4xx: 0,
  status5xx: 0,
  other: 0,
};

function runOf(scenario: string, subject: string, strategy: string, p99: number): Run {
  return {
    scenario,
    subject,
    strategy,
    round: 1,
    order: 1,
    seed: 1,
    startedMs: 0,
    valid: true,
    requests: { sent: 1000, ok: 1000, errors: NO_ERRORS, lost: 0 },
    attempts: 1000,
    retries: 0,
    servedTwice: 0,
    latencyMs: { mean: 20, p50: 15, p90: 40, p99, p999: null, max: 200 },
    histogram: null,
    throughput: 500,
    timeline: [],
    faults: [],
    objectives: [],
    detectMs: null,
    recoverMs: null,
    backends: [],
    generator: null,
    cpuUsPerRequest: null,
    rssBytes: null,
  };
}

function comparisonOf(scenario: string, strategy: string): Comparison {
  const [a, b] = [`evenkeel/${strategy}`, 'evenkeel/round-robin'];
  const interval = { ratio: 0.5, low: 0.4, high: 0.6, n: 6, adjustedP: 0.001, detectable: 0.1 };
  return { scenario, metric: 'p99', a, b, ...interval, verdict: 'a' };
}

/** As the command would measure, with figures of no meaning. */
function invented(): Results {
  const names = strategies.map(({ name }) => name);
  return {
    schema: 'evenkeel.results/1',
    kind: 'bench',
    startedAt: '2026-01-01T00:00:00Z',
    environment: {
      node: 'v26.0.0',
      os: 'Linux 6.1.0',
      arch: 'x64',
      cpuModel: 'Example',
      cores: 2,
      memoryBytes: 2 ** 33,
    },
    git: null,
    seed: 42,
    command: 'pnpm docs:benchmarks --date 2026-01-01',
    // Those that were measured live come first, as in every bench.
    scenarios: [...new Set([...LIVE, ...scenarioNames()])].map((name) =>
      scenarioSummary(loadScenario(name)),
    ),
    runs: [
      ...LIVE.flatMap((scenario) =>
        [...STRATEGIES, 'round-robin#2'].map((name, i) =>
          runOf(scenario, 'evenkeel', name, 50 + i),
        ),
      ),
      ...scenarioNames().flatMap((scenario) =>
        names.map((name, i) => runOf(scenario, 'simulated', name, 50 + 10 * i)),
      ),
    ],
    comparisons: LIVE.flatMap((scenario) =>
      ['round-robin#2', ...STRATEGIES.slice(1)].map((name) => comparisonOf(scenario, name)),
    ),
    verdict: { status: 'pass', text: '' },
  };
}

function proxyTables(): string {
  const rows = PROXIES.map((name) => `| ${name} | 1 |\n`).join('');
  return LOADS.map((load) => `### ${load}\n\n|  | CPU µs/request |\n|---|---:|\n${rows}\n`).join(
    '',
  );
}

const VERSIONS = { nginx: '1.2.3', HAProxy: '1.2.3', Go: '1.2.3', wrk: '1.2.3' };

function document(versions: Readonly<Record<string, string | null>> = VERSIONS): string {
  const results = invented();
  return benchmarksDocument({ results, proxies: proxyTables(), date: '2026-01-01', versions });
}

/** Headings, sentences that are always the same, the head of each table and the name of each row. */
function structureOf(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.flatMap((line, i) => {
    if (line.startsWith('#') || /^(Every|Strategies|Real requests|Each proxy)/.test(line))
      return [line];
    if (!line.startsWith('|') || line.startsWith('|---') || line.startsWith('| ---')) return [];
    const isHead = !lines[i - 1]?.startsWith('|');
    const [, first = ''] = line.split('|');
    return isHead && !line.includes('CPU') ? [line] : [first.trim()];
  });
}

describe('docs/benchmarks.md', () => {
  test.skipIf(!existsSync(COMMITTED))(
    'has the sections, tables and rows that its command writes today',
    () => {
      expect(structureOf(readFileSync(COMMITTED, 'utf8'))).toEqual(structureOf(document()));
    },
  );

  test('has each strategy of the registry as a column, and each scenario as a row', () => {
    const heads = structureOf(document()).filter((line) => line.startsWith('| scenario'));
    const columns = heads.flatMap((line) => line.split('|').map((cell) => cell.trim()));
    for (const { name } of strategies) expect(columns).toContain(name);
    for (const name of scenarioNames()) expect(document().split(`\n| ${name} |`)).toHaveLength(3);
  });

  test('says plainly what was not there to be measured', () => {
    const text = document({ ...VERSIONS, Go: null });
    expect(text).toContain('Not installed here, and so not measured: Go.');
    expect(text).toContain('| Go | not installed |');
    expect(document()).not.toContain('not measured');
  });

  test('marks the best of a row, over both of its tables', () => {
    const rows = document()
      .split('\n')
      .filter((line) => line.startsWith('| uniform |'));
    expect(rows.map((row) => row.split('**').length - 1)).toEqual([2, 0]);
    expect(rows[0]).toContain('| **1.00** |');
  });
});
