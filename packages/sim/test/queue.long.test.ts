/** A sweep over a queue, on a real redis-server: the same bytes, a worker that is killed, a Redis that dies. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const QUICK_WORKER = fileURLToPath(new URL('./support/quick-worker.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;
const SWEEP = [
  '--servers',
  '4',
  '--sweep',
  'load=0.5..0.9:5',
  '--strategies',
  'random,round-robin',
];
const QUICK = [...SWEEP, '--requests', '3000'];
/** Each point takes long enough to be interrupted. */
const SLOW = [...SWEEP, '--requests', '600000'];
/** So long that nobody waits for its end. */
const ENDLESS = [...SWEEP, '--requests', '1000000000'];

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly err: string;
    readonly out: string;
  }>;
  said(text: RegExp): Promise<void>;
}

describe.skipIf(!HAS_REDIS)('a sweep over a queue', () => {
  let folder = '';
  let port = 0;
  let running: Running[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sim-queue-'));
    port = await freePort();
  });
  afterEach(async () => {
    for (const { child } of running) child.kill('SIGKILL');
    await Promise.all(running.map(({ ended }) => ended));
    running = [];
    await rm(folder, { recursive: true });
  });

  function start(command: string, args: readonly string[]): Running {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    const heard = new Set<() => void>();
    child.stdout.on('data', (chunk) => {
      out += chunk;
      for (const look of heard) look();
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    const ended = new Promise<{ code: number | null; err: string; out: string }>((resolve) =>
      child.once('close', (code) => resolve({ code, err, out })),
    );
    const said = (text: RegExp): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (text.test(out)) resolve();
        };
        heard.add(look);
        look();
      });
    const one = { child, ended, said };
    running.push(one);
    return one;
  }

  const sim = (...args: string[]): Running => start(process.execPath, [MAIN, ...args]);
  const url = (): string => `redis://127.0.0.1:${port}/test`;
  const quickWorker = (): Running => start(process.execPath, [QUICK_WORKER, url()]);
  const worker = (): Running => sim('worker', '--queue', url(), '--jobs', '1');
  const fileOf = (name: string): string => join(folder, name);

  async function redis(): Promise<Running> {
    const args = ['--port', String(port), '--save', '', '--appendonly', 'no', '--dir', folder];
    const one = start('redis-server', args);
    await one.said(/Ready to accept connections/);
    return one;
  }

  /** Resolves once a worker has a task of the queue in its hands. */
  async function untilTaken(name: string): Promise<void> {
    const queue = new Queue(name, { connection: { host: '127.0.0.1', port } });
    const isTaken = async (): Promise<void> => expect(await queue.getActiveCount()).toBe(1);
    await vi.waitFor(isTaken, { timeout: 60_000 });
    await queue.close();
  }

  const known = new Map<readonly string[], string>();
  /** What the sweep comes to on one machine. */
  async function whole(plan: readonly string[]): Promise<string> {
    const before = known.get(plan);
    if (before !== undefined) return before;
    await sim(...plan, '--json', fileOf('whole.json')).ended;
    const text = await readFile(fileOf('whole.json'), 'utf8');
    known.set(plan, text);
    return text;
  }

  it('comes to the same bytes as on one machine', async () => {
    await redis();
    const workers = [worker(), worker()];
    await Promise.all(workers.map(({ said }) => said(/worker ready/)));
    const queued = sim(...QUICK, '--queue', url(), '--json', fileOf('queued.json'));
    expect((await queued.ended).code).toBe(0);
    expect(await readFile(fileOf('queued.json'), 'utf8')).toBe(await whole(QUICK));
    expect(existsSync(fileOf('queued.json.partial'))).toBe(false);
    for (const { child } of workers) child.kill('SIGTERM');
    for (const { ended } of workers) expect((await ended).code).toBe(0);
  });

  it('loses nothing where a worker is killed in the middle of a task', async () => {
    await redis();
    const first = quickWorker();
    await first.said(/worker ready/);
    const queued = sim(...SLOW, '--queue', url(), '--json', fileOf('queued.json'));
    await first.said(/task \d+ done/s);
    first.child.kill('SIGKILL');
    quickWorker();
    expect((await queued.ended).code).toBe(0);
    expect(await readFile(fileOf('queued.json'), 'utf8')).toBe(await whole(SLOW));
  });

  it('that is interrupted keeps what is finished, takes back the rest, and goes on from it', async () => {
    await redis();
    const first = worker();
    await first.said(/worker ready/);
    const plan = [...SLOW, '--queue', url(), '--json', fileOf('queued.json')];
    const queued = sim(...plan);
    await first.said(/task \d+ done.*task \d+ done/s);
    queued.child.kill('SIGINT');
    const { code, err, out } = await queued.ended;
    expect([code, err.trim()]).toEqual([130, 'error: interrupted']);
    expect(out).toMatch(/\d+ of 10 runs are kept in .*queued\.json\.partial/);
    const again = await sim(...plan).ended;
    expect(again.out).toMatch(/\d+ of 10 runs are kept from before/);
    expect(again.code).toBe(0);
    expect(await readFile(fileOf('queued.json'), 'utf8')).toBe(await whole(SLOW));
  });

  it.each([
    ['ends at once', (server: Running) => server.child.kill('SIGKILL')],
    ['ends soon', (server: Running) => server.child.kill('SIGSTOP')],
  ] as const)('a worker that is told to end while its Redis is gone %s', async (_, lose) => {
    const server = await redis();
    const [idle, busy] = [worker(), sim('worker', '--queue', `${url()}-other`, '--jobs', '1')];
    await Promise.all([idle.said(/worker ready/), busy.said(/worker ready/)]);
    const queued = sim(...ENDLESS, '--queue', `${url()}-other`, '--json', fileOf('queued.json'));
    await untilTaken('test-other');
    lose(server);
    for (const one of [idle, busy]) one.child.kill('SIGTERM');
    for (const one of [idle, busy]) {
      const { code, err } = await one.ended;
      expect([code, err]).toEqual([0, '']);
    }
    expect((await busy.ended).out).toMatch(
      /does not answer: what was begun is taken again by another worker\n$/,
    );
    expect((await queued.ended).code).toBe(1);
  });

  it('ends in one clear line where Redis dies, keeps what is finished, and goes on from it', async () => {
    const server = await redis();
    const first = worker();
    await first.said(/worker ready/);
    const plan = [...SLOW, '--queue', url(), '--json', fileOf('queued.json')];
    const queued = sim(...plan);
    await first.said(/task \d+ done.*task \d+ done/s);
    server.child.kill('SIGKILL');
    const { code, err, out } = await queued.ended;
    expect(code).toBe(1);
    expect(err.trim()).toMatch(
      /^error: --queue: redis:\/\/127\.0\.0\.1:\d+ does not answer any more$/,
    );
    expect(out).toMatch(/\d+ of 10 runs are kept in .*queued\.json\.partial/);
    await redis();
    const again = await sim(...plan).ended;
    expect(again.out).toMatch(/\d+ of 10 runs are kept from before/);
    expect(again.code).toBe(0);
    expect(await readFile(fileOf('queued.json'), 'utf8')).toBe(await whole(SLOW));
  });

  it.each([
    ['the sweep', () => [...QUICK, '--queue', url()]],
    ['a worker', () => ['worker', '--queue', url()]],
  ])('without a Redis %s ends in one clear line', async (_, args) => {
    const { code, err } = await sim(...args()).ended;
    expect(code).toBe(1);
    expect(err.trim()).toMatch(
      /^error: --queue: redis:\/\/127\.0\.0\.1:\d+ cannot be used: .*ECONNREFUSED/,
    );
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
