/**
 * Pods come and go behind a real DNS server (Debian's dnsmasq), under load: one that is replaced gracefully, as
 * Kubernetes does it, costs no request.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type Running, startBalancer } from './balancer.ts';
import { type Backend, Folder, freePort, startBackend, until } from './support.ts';

const hasDnsmasq = spawnSync('dnsmasq', ['--version']).status === 0;
const folder = new Folder();
afterAll(() => folder.remove());

/** A DNS server whose records are those of a file, which SIGHUP reads again. */
class Dnsmasq {
  readonly #hosts: string;
  readonly #process: ChildProcess;
  readonly port: number;

  constructor(port: number) {
    this.port = port;
    this.#hosts = folder.write('hosts', '');
    this.#process = spawn('dnsmasq', [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      `--port=${port}`,
      '--listen-address=127.0.0.1',
      '--bind-interfaces',
      '--no-resolv',
      '--no-hosts',
      `--addn-hosts=${this.#hosts}`,
      '--local-ttl=1',
      '--local=/internal/',
      `--pid-file=${folder.path}/dnsmasq.pid`,
      '--user=root',
    ]);
  }

  serve(addresses: readonly string[]): void {
    folder.write('hosts', addresses.map((address) => `${address} web.internal\n`).join(''));
    this.#process.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'close');
    this.#process.kill();
    await ended;
  }
}

let running: Running | undefined;
let dns: Dnsmasq | undefined;
const pods: Backend[] = [];

afterEach(async () => {
  await running?.balancer.destroy();
  await dns?.stop();
  await Promise.all(pods.map((pod) => pod.stop()));
});

/** Posts without end over kept-alive connections. */
function load(url: string): { readonly sent: () => number; stop(): Promise<string[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const failures: string[] = [];
  let isRunning = true;
  let sent = 0;
  const once_ = (): Promise<void> =>
    new Promise((resolve) => {
      sent += 1;
      const outgoing = request(url, { agent, method: 'POST' }, (response) => {
        if (response.statusCode !== 200) failures.push(`status ${response.statusCode}`);
        response.resume().on('end', resolve);
      });
      outgoing.on('error', (error) => {
        failures.push(error.message);
        resolve();
      });
      outgoing.end('body');
    });
  const clients = Array.from({ length: 8 }, async () => {
    while (isRunning) await once_();
  });
  return {
    sent: () => sent,
    async stop() {
      isRunning = false;
      await Promise.all(clients);
      agent.destroy();
      return failures;
    },
  };
}

describe.skipIf(!hasDnsmasq)('behind dnsmasq (skipped where it is not installed)', () => {
  test('replacing every pod several times under load fails no request', async () => {
    dns = new Dnsmasq(await freePort());
    const hosts = ['127.0.1.1', '127.0.1.2', '127.0.1.3'];
    const first = await startBackend('pod', 0, hosts[0]);
    pods.push(first);
    for (const host of hosts.slice(1)) pods.push(await startBackend('pod', first.port, host));
    dns.serve(hosts);
    const url = `dns://web.internal:${first.port}?server=127.0.0.1:${dns.port}`;
    running = await startBalancer({
      listen: { port: 0 },
      admin: { listen: '0' },
      discovery: { url, minRefresh: 100, maxRefresh: 500 },
      health: { intervalMs: 500 },
    });
    const { balancer } = running;
    await until(() => balancer.backends.length === 3, 'the pods are found');
    const traffic = load(running.url);
    for (let round = 0; round < 6; round++) {
      const old = pods.shift()!;
      const host = `127.0.1.${4 + round}`;
      // The new pod is ready before it is in the DNS; the old one leaves the DNS before it ends.
      pods.push(await startBackend('pod', first.port, host));
      hosts.shift();
      hosts.push(host);
      dns.serve(hosts);
      await until(
        () =>
          balancer.backends.map(({ id }) => id.split(':')[0]).join() === hosts.toSorted().join(),
        'the answer is in force',
      );
      await until(() => old.requests > 0, 'it had work');
      await sleep(200);
      await old.stop();
      await until(() => pods.at(-1)!.requests > 50, 'the new one works');
    }
    expect(await traffic.stop()).toEqual([]);
    expect(traffic.sent()).toBeGreaterThan(500);
  });
});
