/** Mode tcp: CPU per exchange, per connection and per GiB, and memory of tunnels that are idle. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startOnCore, usageOf } from '../process.ts';
import {
  CONNECTIONS,
  LOAD_CORE,
  type Run,
  type Suite,
  TICK_MS,
  WARM_UP_SECONDS,
} from '../suite.ts';
import type { Column, Measurement } from '../table.ts';
import { give, type LoadKind, type LoadState, tell } from './orders.ts';
import { baseIn, NGINX_LARGE, NGINX_STREAM, SUBJECTS } from './subjects.ts';

const BULK_CONNECTIONS = 4;
const IDLE_TUNNELS = 4_000;
const FIRST_TUNNELS = 1_000;
const GIB = 2 ** 30;
/** Until ended connections are gone on all sides. */
const SETTLE_MS = 300;
/** For tunnels to be opened. */
const IDLE_LIMIT_MS = 20_000;

interface Scenario {
  readonly kind: LoadKind;
  readonly name: string;
  readonly connections: number;
  /** How often the thing was done whose CPU is told. */
  readonly count: (state: LoadState) => number;
  readonly columns: readonly Column[];
}

const ERRORS: Column = {
  key: 'errors',
  title: 'errors',
  digits: 0,
  isCompared: false,
  total: 'sum',
};
const RSS: Column = { key: 'rss', title: 'RSS MiB', digits: 0, isCompared: false };

function columns(cpu: string, rate: string, digits: number): readonly Column[] {
  return [
    { key: 'cpu', title: cpu, digits: 1, hasRange: true, isCompared: true },
    { key: 'rate', title: rate, digits, isCompared: true },
    RSS,
    ERRORS,
  ];
}

const PER_GIB = columns('CPU ms/GiB', 'GiB/s', 2);

const SCENARIOS: readonly Scenario[] = [
  {
    kind: 'idle',
    name: `idle tunnels (${IDLE_TUNNELS})`,
    connections: IDLE_TUNNELS,
    count: ({ exchanges }) => exchanges,
    columns: [{ key: 'memory', title: 'KiB/tunnel', digits: 1, isCompared: true }, RSS, ERRORS],
  },
  {
    kind: 'exchange',
    name: 'exchange of 100/100 B',
    connections: CONNECTIONS,
    count: ({ exchanges }) => exchanges,
    columns: columns('CPU µs/exchange', 'exchanges/s', 0),
  },
  {
    kind: 'churn',
    name: 'connect, exchange, close',
    connections: CONNECTIONS,
    count: ({ exchanges }) => exchanges,
    columns: columns('CPU µs/connection', 'connections/s', 0),
  },
  {
    kind: 'down',
    name: 'bulk to the client',
    connections: BULK_CONNECTIONS,
    count: ({ bytes }) => (bytes / GIB) * 1000,
    columns: PER_GIB,
  },
  {
    kind: 'up',
    name: 'bulk to the backend',
    connections: BULK_CONNECTIONS,
    count: ({ bytes }) => (bytes / GIB) * 1000,
    columns: PER_GIB,
  },
];

type Figures = Omit<Measurement, 'subject' | 'round'>;

async function* measure(run: Run): AsyncGenerator<Figures> {
  for (const scenario of SCENARIOS) {
    const { kind } = scenario;
    // Large buffers are for bulk.
    if (run.subject.name === NGINX_LARGE && kind !== 'down' && kind !== 'up') continue;
    yield await (kind === 'idle' ? measureIdle(run, scenario) : measureLoad(run, scenario));
    give(run.backends, { order: 'stop' });
    await sleep(SETTLE_MS);
  }
}

async function measureLoad(
  { proxy, backends, setting, seconds }: Run,
  { kind, connections, name, count }: Scenario,
): Promise<Figures> {
  const { port } = setting;
  give(backends, { order: 'start', kind, port, connections });
  await sleep(WARM_UP_SECONDS * 1000);
  const pid = proxy.pid ?? 0;
  const [from, before, fromMs] = [await tell(backends), usageOf(pid), performance.now()];
  await sleep(seconds * 1000 + TICK_MS);
  const [to, after, toMs] = [await tell(backends), usageOf(pid), performance.now()];
  const done = count(to) - count(from);
  return {
    scenario: name,
    figures: {
      cpu: (after.cpuUs - before.cpuUs) / done,
      rate: (done / (toMs - fromMs)) * (kind === 'exchange' || kind === 'churn' ? 1000 : 1),
      rss: after.rssBytes / 2 ** 20,
      errors: to.errors,
    },
  };
}

async function measureIdle(run: Run, { connections, name }: Scenario): Promise<Figures> {
  const pid = run.proxy.pid ?? 0;
  // What is made once, and kept, is not a tunnel's.
  await openIdle(run, FIRST_TUNNELS, FIRST_TUNNELS);
  const before = usageOf(pid);
  const all = FIRST_TUNNELS + connections;
  const state = await openIdle(run, connections, all);
  const after = usageOf(pid);
  return {
    scenario: name,
    figures: {
      memory: (after.rssBytes - before.rssBytes) / 1024 / connections,
      rss: after.rssBytes / 2 ** 20,
      errors: state.errors + all - state.exchanges,
    },
  };
}

/** Opens that many, and waits until there are `all`. */
async function openIdle(
  { backends, setting }: Run,
  connections: number,
  all: number,
): Promise<LoadState> {
  give(backends, { order: 'start', kind: 'idle', port: setting.port, connections });
  const endMs = performance.now() + IDLE_LIMIT_MS;
  let state = await tell(backends);
  while (state.exchanges < all && performance.now() < endMs) {
    await sleep(TICK_MS);
    state = await tell(backends);
  }
  await sleep(SETTLE_MS);
  return state;
}

export const TCP: Suite = {
  tools: [],
  subjects: SUBJECTS,
  reference: NGINX_STREAM,
  baseIn,
  backends: (ports) =>
    startOnCore(
      LOAD_CORE,
      [process.execPath, join(import.meta.dirname, 'peer.ts'), ...ports.map(String)],
      true,
    ),
  columns: (name) => SCENARIOS.find((scenario) => scenario.name === name)?.columns ?? [],
  measure,
};
