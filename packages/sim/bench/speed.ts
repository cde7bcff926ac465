/**
 * `pnpm bench:sim`: how fast the simulator is. CPU time of this thread, so that a busy machine disturbs
 * it little; best of three, so that a compiler's warm-up does not count; and each case in a thread of its
 * own, because what one strategy has taught the compiler slows the next one down.
 */

import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { strategyNamed } from '@evenkeel/core';
import { checkScenario, modelScenario, modelService, type Scenario, simulate } from '@evenkeel/sim';

const ROUNDS = 3;

interface Case {
  readonly name: string;
  readonly goal: string;
  readonly scenario: Scenario;
  readonly strategy: string;
  readonly requests: number;
  readonly rounds?: number;
}

/** Without a warm-up: what is simulated is counted. */
function model(servers: number, requests: number): Scenario {
  const service = modelService('exponential');
  const scenario = modelScenario({ servers, load: 0.8, requests, service });
  return { ...scenario, load: { ...scenario.load, warmupMs: 0 } };
}

/** A hundred servers with everything that a live balancer does: checks, ejection, retries, backends that die. */
function guarded(): Scenario {
  const service = { distribution: 'exponential', meanMs: 10 };
  return checkScenario(
    {
      name: 'guarded',
      title: 'guarded',
      fleet: [{ id: 's', count: 100, concurrency: 1, queue: 1000, service }],
      load: {
        kind: 'open',
        fraction: 0.8,
        warmupMs: 2000,
        durationMs: 86_400_000,
        timeoutMs: 5000,
      },
      faults: Array.from({ length: 20 }, (_, i) => ({
        atMs: i * 8000,
        target: 'one',
        fault: { kind: 'kill' },
        forMs: 4000,
      })),
    },
    'guarded',
  );
}

const CASES: readonly Case[] = [
  {
    name: 'round-robin, 100 servers',
    goal: '2 M/s',
    scenario: model(100, 4e6),
    strategy: 'round-robin',
    requests: 4e6,
  },
  {
    name: 'power-of-two, 100 servers',
    goal: '2 M/s',
    scenario: model(100, 4e6),
    strategy: 'power-of-two',
    requests: 4e6,
  },
  {
    name: 'power-of-two, health checks and retries',
    goal: '1 M/s',
    scenario: guarded(),
    strategy: 'power-of-two',
    requests: 2e6,
  },
  {
    name: 'power-of-two, 10,000 servers, 10 M requests',
    goal: '30 s',
    scenario: model(10_000, 1e7),
    strategy: 'power-of-two',
    requests: 1e7,
    rounds: 1,
  },
];

function cpuSeconds(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}

/** Least CPU time of a few runs, and the events of one. */
function measure({ scenario, strategy, requests, rounds = ROUNDS }: Case): {
  seconds: number;
  events: number;
} {
  let seconds = Infinity;
  let events = 0;
  for (let i = 0; i < rounds; i++) {
    const fromSeconds = cpuSeconds();
    const result = simulate({ scenario, strategy: strategyNamed(strategy).create(), requests });
    seconds = Math.min(seconds, cpuSeconds() - fromSeconds);
    events = result.eventCount + result.requests.sent;
  }
  return { seconds, events };
}

/** Heap after a run of so many requests, for the law that it does not depend on them. */
function heapMegabytes(requests: number): number {
  simulate({
    scenario: model(100, requests),
    strategy: strategyNamed('round-robin').create(),
    requests,
  });
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function report(one: Case): void {
  const { seconds, events } = measure(one);
  const speed = `${(one.requests / seconds / 1e6).toFixed(2)} M requests/s`;
  const rate = `${(events / seconds / 1e6).toFixed(2)} M events/s`;
  console.log(`${one.name}: ${speed}, ${rate}, ${seconds.toFixed(1)} s of CPU (goal ${one.goal})`);
}

if (isMainThread) {
  for (const place of CASES.keys()) {
    await once(new Worker(new URL(import.meta.url), { workerData: place }), 'exit');
  }
  const [few, many] = [heapMegabytes(5e5), heapMegabytes(4e6)];
  console.log(
    `heap after 0.5 M requests: ${few.toFixed(1)} MiB, after 4 M: ${many.toFixed(1)} MiB`,
  );
} else {
  const one = CASES[workerData as number];
  if (one !== undefined) report(one);
}
