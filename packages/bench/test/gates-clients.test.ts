/** Clients that misbehave, and what a client is told when nobody is left. */

import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fleet, startFleet } from '@evenkeel/backends';
import { checkScenario, expandFleet } from '@evenkeel/sim';
import { request } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { makeScratch, removeScratch } from '../src/run/scratch.ts';
import { evenkeel } from '../src/subjects/evenkeel.ts';
import type { RunningSubject } from '../src/subjects/subject.ts';

const service = { distribution: 'constant', meanMs: 3000 };
const scenario = checkScenario(
  {
    name: 'clients',
    title: 'Two very slow backends',
    fleet: [{ id: 'web', count: 2, concurrency: 100, queue: 100, service }],
    load: { kind: 'open', ratePerSecond: 1, durationMs: 1000 },
  },
  'test',
);

let fleet: Fleet | undefined;
let balancer: RunningSubject | undefined;
let dir = '';

async function start(lb: Record<string, unknown>): Promise<{ url: string; admin: string }> {
  dir = makeScratch();
  fleet = await startFleet({ backends: expandFleet(scenario) });
  const targets = fleet.ids.map((id, i) => ({ id, url: fleet!.urls[i]!, weight: 1 }));
  balancer = await evenkeel.start({ targets, strategy: 'round-robin', lb, dir, accessLog: false });
  return { url: balancer.origins[0]!, admin: balancer.adminUrl! };
}

afterEach(async () => {
  await balancer?.stop();
  await fleet?.stop();
  removeScratch(dir);
});

interface BackendView {
  readonly id: string;
  readonly state: string;
  readonly failures: number;
  readonly inFlight: number;
}

async function backendsOf(admin: string): Promise<BackendView[]> {
  const { body } = await request(`${admin}/backends`);
  const answer = (await body.json()) as BackendView[] | { backends: BackendView[] };
  return Array.isArray(answer) ? answer : answer.backends;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(20);
}

describe('clients', () => {
  it('64 that hang up at once harm no backend', async () => {
    const { url, admin } = await start({});
    await until(async () => (await backendsOf(admin)).every(({ state }) => state === 'ready'));
    const sockets = Array.from({ length: 64 }, () =>
      connect(Number(new URL(url).port), '127.0.0.1'),
    );
    for (const socket of sockets) socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(async () => (await backendsOf(admin)).reduce((n, b) => n + b.inFlight, 0) === 64);
    for (const socket of sockets) socket.destroy();
    await until(async () => (await backendsOf(admin)).every(({ inFlight }) => inFlight === 0));
    for (const { state, failures } of await backendsOf(admin)) {
      expect([state, failures]).toEqual(['ready', 0]);
    }
    const { statusCode, body } = await request(url);
    await body.dump();
    expect(statusCode).toBe(200);
  });

  it('are told 503 and when to come back, once every backend has been found down', async () => {
    const { url, admin } = await start({ health: { intervalMs: 200 } });
    for (const id of fleet!.ids) await fleet!.kill(id);
    const first = await request(url);
    await first.body.dump();
    expect([502, 503]).toContain(first.statusCode);
    await until(async () => (await backendsOf(admin)).every(({ state }) => state === 'down'));
    const { statusCode, headers, body } = await request(url);
    await body.dump();
    expect(statusCode).toBe(503);
    expect(headers['retry-after']).toMatch(/^\d+$/);
    for (const id of fleet!.ids) await fleet!.restart(id);
    await until(async () => {
      const answer = await request(url);
      await answer.body.dump();
      return answer.statusCode === 200;
    });
  });
});
