/** The measurements behind docs/benchmarks.md: bench and simulator in this process, the proxies by `pnpm bench:proxy`. */

import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Results } from '@evenkeel/report';
import { loadScenario, scenarioNames } from '@evenkeel/sim';
import { type BenchOptions, bench } from '../commands/bench.ts';
import type { Display } from '../output/display.ts';
import { armsOf } from '../run/arms.ts';
import { evenkeel } from '../subjects/evenkeel.ts';
import type { Measured } from './document.ts';

const SEED = 42;
const MARGIN = 0.05;
export const STRATEGIES: readonly string[] = [
  'round-robin',
  'least-connections',
  'power-of-two',
  'peak-ewma',
];
/** In each another thing decides: nothing, a backend that is slow, sizes. */
export const LIVE: readonly string[] = ['uniform', 'one-slow', 'heterogeneous'];
const PROXY_BENCH = new URL('../../../lb/bench/proxy.ts', import.meta.url).pathname;

/** How long it takes, and so how sure the figures are. */
export interface Extent {
  readonly rounds: number;
  readonly roundMs: number;
  /** Scenarios that are simulated; default: all. */
  readonly scenarios?: readonly string[];
  readonly proxyRounds: number;
  readonly proxySeconds: number;
}

export const EXTENTS: Readonly<Record<'full' | 'tiny', Extent>> = {
  full: { rounds: 6, roundMs: 2_000, proxyRounds: 4, proxySeconds: 2 },
  tiny: {
    rounds: 2,
    roundMs: 600,
    scenarios: ['uniform', 'one-slow'],
    proxyRounds: 1,
    proxySeconds: 1,
  },
};

/** All that the document needs; `command` repeats it. */
export async function measureAll(
  extent: Extent,
  { command, date }: { readonly command: string; readonly date: string },
  display: Display,
): Promise<Measured> {
  const results = await measureStrategies(extent, command, display);
  display.line('\nthe proxies side by side');
  const proxies = await measureProxies(extent);
  return { results, proxies, date, versions: versions() };
}

async function measureStrategies(
  { rounds, roundMs, scenarios = scenarioNames() }: Extent,
  command: string,
  display: Display,
): Promise<Results> {
  const options: BenchOptions = {
    scenarios: LIVE.map(loadScenario),
    arms: armsOf([evenkeel], STRATEGIES, (text) => display.line(text)),
    rounds,
    roundMs,
    timeLines: 0,
    seed: SEED,
    margin: MARGIN,
    simulated: scenarios.map(loadScenario),
    generators: 1,
    sweep: false,
    compareSim: false,
    command,
  };
  return await bench(options, display);
}

/** The sections of its table, without the line above them. */
async function measureProxies({ proxyRounds, proxySeconds }: Extent): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'benchmarks-'));
  try {
    const out = join(dir, 'proxies.md');
    const flags = ['--rounds', proxyRounds, '--seconds', proxySeconds, '--out', out].map(String);
    await promisify(execFile)(process.execPath, [PROXY_BENCH, ...flags]);
    const text = readFileSync(out, 'utf8');
    return text.slice(text.indexOf('\n### ') + 1);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** How each program tells its version; some do on standard error. */
const PROGRAMS: Readonly<Record<string, string>> = {
  nginx: 'nginx -v',
  HAProxy: 'haproxy -v',
  Go: 'go version',
  wrk: 'wrk -v',
};

/** The first number with a dot that each of them says. */
function versions(): Measured['versions'] {
  return Object.fromEntries(
    Object.entries(PROGRAMS).map(([name, command]) => [name, versionFrom(said(command))]),
  );
}

function versionFrom(text: string | null): string | null {
  if (text === null) return null;
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? 'unknown';
}

/** Null of a program that is not there. */
function said(command: string): string | null {
  const script = `command -v ${command.split(' ')[0]} > /dev/null || exit 127; ${command} 2>&1 || true`;
  try {
    return execFileSync('sh', ['-c', script], { encoding: 'utf8' });
  } catch {
    return null;
  }
}
