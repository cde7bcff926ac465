/** A load balancer within the test's own process, and proof that it leaves nothing behind. */

import { expect } from 'vitest';
import {
  type ConfigFile,
  createLoadBalancer,
  type HealthFile,
  type LoadBalancer,
  type LoadBalancerOptions,
} from '../../src/index.ts';
import '../support/steady-clock.ts';
import { type Backend, HEALTH_PATH, until } from './support.ts';

/** A running load balancer. */
export interface Running {
  readonly balancer: LoadBalancer;
  readonly url: string;
  readonly adminUrl: string;
  /** As `fetch`, but on a connection of its own. @returns status and body */
  get(path?: string, init?: RequestInit): Promise<{ status: number; body: string }>;
  /** Asks the admin API. */
  admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** The name of the strategy of the first service. */
  strategy(): Promise<string>;
  /** Waits until the backend is in that state. */
  untilState(id: string, state: string): Promise<void>;
}

/** Quick checks, so that tests need not wait for the defaults. */
export const QUICK_HEALTH: HealthFile = {
  path: HEALTH_PATH,
  intervalMs: 50,
  fastIntervalMs: 20,
  downIntervalMs: 20,
  timeoutMs: 2000,
};

/** Backends `a`, `b`, … at these servers, checked quickly. */
export function configFor(backends: readonly Backend[], more: ConfigFile = {}): ConfigFile {
  return {
    listen: { port: 0 },
    backends: backends.map(({ url }, i) => ({ url, id: 'abcdefgh'.charAt(i) })),
    health: QUICK_HEALTH,
    admin: { listen: '0' },
    ...more,
  };
}

/** Starts one, and waits until as many backends as are expected have been found ready. */
export async function startBalancer(
  config: ConfigFile,
  options?: LoadBalancerOptions,
): Promise<Running> {
  const balancer = createLoadBalancer(config, options);
  const { port } = await balancer.listen();
  const url = `http://127.0.0.1:${port}`;
  await until(() => balancer.backends.every(({ state }) => state !== 'checking'), 'all is checked');
  const adminUrl = `http://127.0.0.1:${balancer.adminAddress?.port}`;
  const admin: Running['admin'] = async (method, path, body) => {
    const text = body === undefined ? null : JSON.stringify(body);
    const headers = { connection: 'close' };
    const response = await fetch(adminUrl + path, { method, body: text, headers });
    return { status: response.status, body: await response.json() };
  };
  return {
    balancer,
    url,
    adminUrl,
    admin,
    async strategy() {
      const { body } = await admin('GET', '/strategy');
      return (body as { name: string }[])[0]?.name ?? '';
    },
    async get(path = '/', init = {}) {
      const headers = { connection: 'close', ...init.headers };
      const response = await fetch(url + path, { ...init, headers });
      return { status: response.status, body: await response.text() };
    },
    untilState: (id, state) =>
      until(
        () => balancer.backends.some((backend) => backend.id === id && backend.state === state),
        `${id} is ${state}`,
      ),
  };
}

/** What keeps a process alive, by kind. */
export function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Waits until the process holds no more sockets and timers than it did before. */
export async function untilNothingIsLeft(before: Record<string, number>): Promise<void> {
  for (const kind of ['TCPServerWrap', 'TCPSocketWrap', 'Timeout']) {
    await until(() => (activeResources()[kind] ?? 0) <= (before[kind] ?? 0), `no ${kind} is left`);
  }
}

/** Closes it, and proves that nothing is in flight and nothing is left. */
export async function closeWithoutTrace(
  { balancer }: Running,
  before: Record<string, number>,
): Promise<void> {
  await balancer.close();
  expect(balancer.backends.map(({ inFlight }) => inFlight)).toEqual(balancer.backends.map(() => 0));
  await untilNothingIsLeft(before);
}
