/** The status page with several services, levels and backups: usable by all in both themes, at a desk's and a phone's width. */

import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectUsableByAll } from '../../../../tools/axe.ts';
import { launchBrowser, NO_BROWSER } from '../../../../tools/browser.ts';
import { RawClient } from '../support/raw-client.ts';
import { QUICK_HEALTH, type Running, startBalancer } from './balancer.ts';
import { type Backend, startBackend } from './support.ts';

/** Where pictures go, if they are wanted. */
const { SCREENSHOTS } = process.env;

let backends: Backend[];
let tcp: Server[];
let clients: RawClient[];
let running: Running;
let browser: Browser | undefined;

beforeAll(async () => {
  backends = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => startBackend(id)));
  tcp = [1, 2].map(() => createServer((socket) => void socket.on('error', () => {})).listen(0));
  await Promise.all(tcp.map((server) => once(server, 'listening')));
  const [a = '', b = '', c = '', d = '', e = ''] = backends.map(({ url }) => url);
  running = await startBalancer({
    listeners: [{ port: 0 }, { port: 0, mode: 'tcp', service: 'postgres' }],
    admin: { listen: '0' },
    health: QUICK_HEALTH,
    services: {
      web: {
        strategy: 'power-of-two',
        backends: [
          { url: a, id: 'web-1' },
          { url: b, id: 'web-2', weight: 3 },
          { url: c, id: 'web-far', priority: 1 },
          { url: d, id: 'web-spare', backup: true },
        ],
      },
      api: { strategy: 'least-connections', backends: [{ url: e, id: 'api-1' }] },
      postgres: {
        backends: tcp.map((server, i) => ({
          url: `127.0.0.1:${(server.address() as AddressInfo).port}`,
          id: `pg-${i + 1}`,
        })),
      },
    },
    routes: [{ service: 'web' }, { prefix: '/api', service: 'api' }],
  });
  if (NO_BROWSER === undefined) browser = await launchBrowser();
  for (let i = 0; i < 40; i++) await running.get(i % 4 === 0 ? '/api' : '/');
  const { address } = running.balancer.listening[1]!;
  clients = await Promise.all([1, 2, 3].map(() => RawClient.open(address.port)));
  backends[1]!.health = 500;
  await running.untilState('web-2', 'down');
  await running.admin('PATCH', '/backends/web-far', { state: 'drain' });
});

afterAll(async () => {
  await browser?.close();
  for (const client of clients) client.close();
  for (const server of tcp) server.close();
  await running.balancer.destroy();
  await Promise.all(backends.map((backend) => backend.stop()));
});

const cases = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [1280, 390].map((width) => ({ colorScheme, width })),
);

test.skipIf(NO_BROWSER !== undefined).for(cases)('$colorScheme, $width px', async (look) => {
  const { colorScheme, width } = look;
  const page = await browser!.newPage({ colorScheme, viewport: { width, height: 900 } });
  const seen = async (state: string): Promise<void> => {
    await expectUsableByAll(page);
    if (SCREENSHOTS === undefined) return;
    mkdirSync(SCREENSHOTS, { recursive: true });
    const path = `${SCREENSHOTS}/status-${state}-${colorScheme}-${width}.png`;
    await page.screenshot({ path, fullPage: true });
  };
  await page.goto(running.adminUrl);
  await page.locator('#health', { hasText: 'web: 1 of 4 backends is down' }).waitFor();
  // The state of a backend stands within the window, whatever its width.
  const box = await page.locator('tbody tr .state').first().boundingBox();
  expect((box?.x ?? width) + (box?.width ?? 0)).toBeLessThan(width);
  const about = page.locator('section', { hasText: 'postgres' }).locator('.about');
  expect(await about.textContent()).toBe('tcp · round-robin · 2 of 2 ready');
  expect(await page.locator('#listening').textContent()).toMatch(/^http:\S+ tcp:\S+$/);
  const open = page.locator('tr', { hasText: 'pg-1' }).locator('td[data-label=Open]');
  expect(await open.textContent()).toMatch(/^[12]$/);
  expect(await open.isVisible()).toBe(true);
  await seen('amber');

  // What a balancer says whose backends have all died.
  await page.route('**/status', async (route) => {
    const status = (await (await route.fetch()).json()) as { services: { backends: object[] }[] };
    for (const service of status.services)
      service.backends = service.backends.map((backend) => ({ ...backend, state: 'down' }));
    await route.fulfill({ json: status });
  });
  await page.locator('#health.red', { hasText: 'postgres: none of 2 backends is ready' }).waitFor();
  await seen('red');

  await page.unrouteAll({ behavior: 'wait' });
  await page.route('**/status', (route) => route.abort());
  await page.locator('#health', { hasText: 'No answer from the balancer' }).waitFor();
  const colours = await page.evaluate<string[]>(
    `[...document.querySelectorAll('dd, td, td span, tbody small, .state')].map((one) => getComputedStyle(one).color)`,
  );
  expect(new Set(colours).size).toBe(1);
  await seen('stale');
  await page.unrouteAll({ behavior: 'wait' });
  await page.close();
});

test.skipIf(NO_BROWSER !== undefined)('of many backends those that matter are shown', async () => {
  const page = await browser!.newPage();
  await page.route('**/status', async (route) => {
    const status = (await (await route.fetch()).json()) as { services: { backends: object[] }[] };
    const [web] = status.services;
    const [one] = web!.backends;
    const many = Array.from({ length: 300 }, (_, i) => ({ ...one, id: `n${i}`, state: 'ready' }));
    web!.backends = [...many, { ...one, id: 'lost', state: 'down' }];
    await route.fulfill({ json: status });
  });
  await page.goto(running.adminUrl);
  const first = page.locator('tbody').first();
  await first.locator('tr').first().waitFor();
  expect(await first.locator('tr').count()).toBe(200);
  expect(await first.locator('th').first().textContent()).toMatch(/^lost/);
  expect(await page.locator('.about').first().textContent()).toContain('101 more: filter for them');
  await page.getByLabel('Filter').fill('n299');
  await first.locator('tr', { hasText: 'n299' }).waitFor();
  expect(await first.locator('tr').count()).toBe(1);
  await page.close();
});
