/** Redis behind the balancer, driven by its own benchmark through 60 reloads. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { freePort, isClosed, until } from '../program/support.ts';
import { startConfigured } from './stand.ts';

const isInstalled = ['redis-server', 'redis-benchmark'].every((program) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`]);
    return true;
  } catch {
    return false;
  }
});
const servers: ChildProcess[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.kill('SIGKILL');
});

async function startRedis(): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const port = await freePort();
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
  const server = spawn('redis-server', flags, { stdio: 'ignore' });
  servers.push(server);
  await until(async () => !(await isClosed(`http://127.0.0.1:${port}`)), 'redis listens');
  return { url: `127.0.0.1:${port}`, process: server };
}

/** Runs the benchmark to its end. @returns its exit code and what it complained of */
async function benchmark(port: number, more: readonly string[]): Promise<[number, string]> {
  const flags = ['-h', '127.0.0.1', '-p', String(port), '-q', '-c', '50', ...more];
  const child = spawn('redis-benchmark', flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (text) => {
    complaints += text;
  });
  const [code] = await once(child, 'close');
  return [code as number, complaints.replace(/^WARNING.*\n?/gm, '').trim()];
}

const redisTest = test.skipIf(!isInstalled);

redisTest('60 reloads under load cost no connection (skipped without redis-server)', async () => {
  const [one, two] = [await startRedis(), await startRedis()];
  const tcp = await startConfigured({
    mode: 'tcp',
    listen: { port: 0 },
    backends: [one.url, two.url],
  });
  // -k 0: each command on a connection of its own.
  const run = benchmark(tcp.port, ['-k', '0', '-n', '20000', '-t', 'set']);
  let isOver = false;
  void run.then(() => {
    isOver = true;
  });
  let reloads = 0;
  for (; reloads < 60 || !isOver; reloads++) {
    const backends = reloads % 2 === 0 ? [one.url] : [one.url, two.url];
    await tcp.balancer.reload({ ...tcp.file, backends });
    await sleep(20);
  }
  expect(await run).toEqual([0, '']);
  const lines = await tcp.logged(20_000);
  expect(lines.filter(({ end }) => end === 'backend-broke' || end === 'refused')).toEqual([]);
});
