/** A fleet behind evenkeel that a test leads by hand, step by step: no step waits for a clock alone. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Accounts, type Fleet, readJournal, startFleet } from '@evenkeel/backends';
import { checkScenario, expandFleet } from '@evenkeel/sim';
import { Pool } from 'undici';
import { type EventFollower, followEvents } from '../../src/chaos/events.ts';
import { makeScratch, removeScratch } from '../../src/run/scratch.ts';
import { evenkeel } from '../../src/subjects/evenkeel.ts';
import type { RunningSubject } from '../../src/subjects/subject.ts';

export interface BackendView {
  readonly id: string;
  readonly state: string;
  readonly failures: number;
  readonly inFlight: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly backend: string;
}

/** What the backends are like; see the scenario schema. */
export interface StandOptions {
  readonly count: number;
  readonly concurrency?: number;
  readonly queue?: number;
  readonly meanMs?: number;
  readonly lb?: Readonly<Record<string, unknown>>;
}

export class Stand implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly url: string;
  readonly #balancer: RunningSubject;
  readonly #dir: string;
  readonly #pool: Pool;
  readonly #admin: Pool;
  #ids = 0;

  private constructor(fleet: Fleet, balancer: RunningSubject, dir: string) {
    this.fleet = fleet;
    this.#balancer = balancer;
    this.#dir = dir;
    this.url = balancer.origins[0] ?? '';
    this.#pool = new Pool(this.url, { connections: 500, headersTimeout: 0, bodyTimeout: 0 });
    this.#admin = new Pool(balancer.adminUrl ?? '', { connections: 1 });
  }

  static async open(options: StandOptions): Promise<Stand> {
    const { count, concurrency = 50, queue = 500, meanMs = 5, lb = {} } = options;
    const service = { distribution: 'constant', meanMs };
    const scenario = checkScenario(
      {
        name: 'stand',
        title: 'by hand',
        fleet: [{ id: 'web', count, concurrency, queue, service }],
        load: { kind: 'open', ratePerSecond: 1, durationMs: 1000 },
      },
      'stand',
    );
    const dir = makeScratch();
    const fleet = await startFleet({
      backends: expandFleet(scenario),
      logDir: join(dir, 'journal'),
    });
    const targets = fleet.ids.map((id, i) => ({ id, url: fleet.urls[i] ?? '', weight: 1 }));
    const assignment = { targets, strategy: 'round-robin', lb, dir, accessLog: false };
    const stand = new Stand(fleet, await evenkeel.start(assignment), dir);
    await stand.until((backends) => backends.every(({ state }) => state === 'ready'));
    return stand;
  }

  async send(method: 'GET' | 'POST' = 'GET'): Promise<Answer> {
    const { statusCode, headers, body } = await this.#pool.request({
      path: '/',
      method,
      headers: { 'x-request-id': `stand-${++this.#ids}`, 'x-work': '0.5' },
      ...(method === 'POST' ? { body: 'x'.repeat(100) } : {}),
    });
    await body.dump();
    return { status: statusCode, headers, backend: String(headers['x-backend'] ?? '') };
  }

  /** Sends without a pause on `clients` connections while `work` goes on; returns all answers. */
  async under(
    clients: number,
    method: 'GET' | 'POST',
    work: () => Promise<void>,
  ): Promise<Answer[]> {
    const answers: Answer[] = [];
    let done = false;
    const client = async (): Promise<void> => {
      while (!done) answers.push(await this.send(method));
    };
    const running = Array.from({ length: clients }, client);
    try {
      await work();
    } finally {
      done = true;
      await Promise.all(running);
    }
    return answers;
  }

  async backends(): Promise<readonly BackendView[]> {
    const { body } = await this.#admin.request({ path: '/backends', method: 'GET' });
    const answer = (await body.json()) as BackendView[] | { backends: BackendView[] };
    return Array.isArray(answer) ? answer : answer.backends;
  }

  /** Waits until the balancer's view of the backends is as wanted; the test's time limit ends a hang. */
  async until(wanted: (backends: readonly BackendView[]) => boolean): Promise<void> {
    while (!wanted(await this.backends())) await sleep(20);
  }

  async untilState(id: string, state: string): Promise<void> {
    await this.until((backends) => backends.find((one) => one.id === id)?.state === state);
  }

  /** The balancer's own events from now on. */
  async follow(): Promise<EventFollower> {
    return await followEvents(this.#balancer.adminUrl ?? '');
  }

  /** What the backends wrote down. */
  async accounts(): Promise<Accounts> {
    return await readJournal(join(this.#dir, 'journal'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#pool.destroy(), this.#admin.destroy()]);
    await this.#balancer.stop();
    await this.fleet.stop();
    removeScratch(this.#dir);
  }
}

/** How many answers had each status. */
export function statuses(answers: readonly Answer[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
