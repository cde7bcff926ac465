/**
 * How long does a pick take? Every strategy at 16 and 1,000 endpoints, on the members of a real
 * pool with attempts in flight, all in one process: so the code is measured as polymorphic as it
 * gets. Prints a table with the goals, and writes it as Markdown with `--write FILE`.
 *
 *   node packages/core/bench/picks.ts [--write FILE] [--only NAME]
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { do_not_optimize, measure } from 'mitata';
import {
  type Endpoint,
  type EndpointSpec,
  type RequestInfo,
  randomChoice,
  type Strategy,
  seededRandom,
  strategies,
  strategyNamed,
} from '../src/index.ts';
import { EndpointPool } from '../src/pool/endpoint-pool.ts';
import { TickingClock } from './ticking-clock.ts';

const REQUESTS = 4_096;
const MIN_CPU_TIME_NS = 300e6;

/** Goal for the median of a pick, in nanoseconds, by strategy and number of endpoints. */
const GOALS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  'round-robin': { 16: 100, 1000: 100 },
  random: { 16: 100, 1000: 100 },
  'weighted-random': { 16: 100, 1000: 100 },
  'least-connections': { 100: 1_000 },
  'least-connections-indexed': { 16: 100, 1000: 100 },
  'power-of-two': { 16: 100, 1000: 100 },
  'peak-ewma': { 16: 100, 1000: 100 },
  'ip-hash': { 1000: 5_000 },
  'ring-hash': { 1000: 500 },
  maglev: { 16: 100, 1000: 100 },
};

/** Sizes beyond the two that all strategies are measured at. */
const MORE_SIZES: Readonly<Record<string, readonly number[]>> = {
  'least-connections': [100, 10_000],
  'least-connections-indexed': [100, 10_000],
};

interface Row {
  readonly name: string;
  readonly endpoints: number;
  readonly medianNs: number;
  readonly goalNs: number | undefined;
}

/** A strategy that has been in use, and the pool's own list of candidates. */
function inUse(
  name: string,
  endpoints: number,
): { strategy: Strategy; ready: readonly Endpoint[] } {
  const clock = new TickingClock();
  const random = seededRandom(endpoints);
  const strategy = strategyNamed(name).create()({ clock, random: random.fork('strategy') });
  const mixed = name.startsWith('weighted');
  const pool = new EndpointPool({ clock, random, strategy });
  const specs: EndpointSpec[] = [];
  for (let i = 0; i < endpoints; i++) specs.push({ id: `e${i}`, weight: mixed ? 1 + (i % 3) : 1 });
  pool.update(specs);
  // Chosen by chance, so that loads differ; told to the strategy, so that its figures are right.
  const chance = randomChoice({ clock, random });
  for (let i = 0; i < 2 * endpoints; i++) {
    const attempt = pool.startAt(chance.pick(pool.ready, { hash: i, idempotent: true }));
    if (typeof attempt === 'string') throw new Error(`no attempt: ${attempt}`);
    attempt.firstByte();
  }
  return { strategy, ready: pool.ready };
}

async function medianNs(call: () => unknown): Promise<number> {
  const { p50 } = await measure(() => do_not_optimize(call()), {
    min_cpu_time: MIN_CPU_TIME_NS,
    gc: false,
  });
  return p50;
}

async function measurePick(name: string, endpoints: number): Promise<Row> {
  const { strategy, ready } = inUse(name, endpoints);
  const random = seededRandom(7);
  const requests: RequestInfo[] = [];
  for (let i = 0; i < REQUESTS; i++) {
    requests.push({ hash: Math.floor(random.next() * 2 ** 32), idempotent: true });
  }
  let next = 0;
  const median = await medianNs(() => {
    next = (next + 1) % REQUESTS;
    return strategy.pick(ready, requests[next] as RequestInfo);
  });
  return { name, endpoints, medianNs: median, goalNs: GOALS[name]?.[endpoints] };
}

/** What an index costs is paid when attempts start and end: pick, start and settle together. */
async function measureCycle(name: string, endpoints: number): Promise<Row> {
  const { strategy, ready } = inUse(name, endpoints);
  const request = { hash: 1, idempotent: true };
  const outcome = { kind: 'ok', latencyMs: 1 } as const;
  const median = await medianNs(() => {
    const endpoint = strategy.pick(ready, request);
    strategy.started?.(endpoint);
    strategy.settled?.(endpoint, outcome);
    return endpoint;
  });
  return { name: `${name} with start and settle`, endpoints, medianNs: median, goalNs: undefined };
}

function markdown(rows: readonly Row[]): string {
  const lines = rows.map(({ name, endpoints, medianNs, goalNs }) => {
    const goal = goalNs === undefined ? '' : `≤ ${goalNs.toLocaleString('en')}`;
    const size = endpoints.toLocaleString('en');
    return `| ${name} | ${size} | ${medianNs.toFixed(medianNs < 100 ? 1 : 0)} | ${goal} |`;
  });
  const head = ['| strategy | endpoints | median ns per pick | goal |', '|---|---:|---:|---:|'];
  return `${[...head, ...lines].join('\n')}\n`;
}

const { values } = parseArgs({
  options: { write: { type: 'string' }, only: { type: 'string' } },
});
const names = strategies.map(({ name }) => name);
const rows: Row[] = [];
for (const name of names.filter((known) => values.only === undefined || known === values.only)) {
  const sizes = [16, 1_000, ...(MORE_SIZES[name] ?? [])].sort((a, b) => a - b);
  for (const endpoints of sizes) {
    rows.push(await measurePick(name, endpoints));
    const row = rows.at(-1) as Row;
    const missed = row.goalNs !== undefined && row.medianNs > row.goalNs ? '  goal missed' : '';
    const figure = row.medianNs.toFixed(1).padStart(10);
    console.log(`${name.padEnd(28)} ${String(endpoints).padStart(6)} ${figure} ns${missed}`);
  }
  if (name === 'least-connections-indexed') {
    for (const endpoints of sizes) rows.push(await measureCycle(name, endpoints));
  }
}
console.log(`\n${markdown(rows)}`);
if (values.write !== undefined) writeFileSync(values.write, markdown(rows));
