/**
 * The engine in a browser: the very files, types stripped and nothing bundled, give the run that they give
 * in Node, to the last bit.
 */

import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { strategyNamed } from '@evenkeel/core';
import { simulate } from '@evenkeel/sim';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, NO_BROWSER, PATIENCE_MS } from '../../../tools/browser.ts';
import { scenarioOf } from './support.ts';

const PACKAGES = new URL('../../', import.meta.url);
/** Where a page finds what the engine imports by name. */
const IMPORTS = {
  '@evenkeel/config': '/config/src/index.ts',
  '@evenkeel/core': '/core/src/index.ts',
  '@evenkeel/core/stats': '/core/src/stats/index.ts',
  zod: '/sim/node_modules/zod/index.js',
  yaml: '/config/node_modules/yaml/browser/index.js',
};
const PAGE = `<!doctype html><script type="importmap">${JSON.stringify({ imports: IMPORTS })}</script>`;

/** Everything at once: latency strategies, heavy tails, faults by rate, health checks and retries. */
const SCENARIO = scenarioOf({
  fleet: [
    {
      id: 'a',
      count: 3,
      concurrency: 4,
      service: { distribution: 'lognormal', meanMs: 20, sigma: 1 },
    },
    {
      id: 'b',
      count: 3,
      concurrency: 4,
      service: { distribution: 'pareto', meanMs: 20, shape: 1.7 },
    },
  ],
  load: {
    kind: 'open',
    fraction: 0.7,
    warmupMs: 200,
    durationMs: 3000,
    keys: { count: 100, zipf: 1.1 },
  },
  faults: [
    { atMs: 500, target: 'one', fault: { kind: 'kill' }, forMs: 500 },
    {
      atMs: 0,
      target: 'all',
      fault: { kind: 'latency', rate: 0.1, latencyMs: 30, distribution: 'exponential' },
    },
  ],
});
const STRATEGIES = ['peak-ewma', 'power-of-two', 'bounded-hash'];

async function fileFor(path: string): Promise<string> {
  if (path === '/') return PAGE;
  const text = await readFile(fileURLToPath(new URL(`.${path}`, PACKAGES)), 'utf8');
  return path.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
}

describe.skipIf(NO_BROWSER !== undefined)(`in a browser ${NO_BROWSER ?? ''}`, () => {
  let server: Server;
  let browser: Browser;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      fileFor(path).then(
        (text) => {
          const type = path === '/' ? 'text/html' : 'text/javascript';
          response.writeHead(200, { 'content-type': type }).end(text);
        },
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  it('one seed gives the same trace hash as in Node', async () => {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    // As text: the test runner would rewrite the imports of a function.
    const there = await page.evaluate(`(async () => {
      const { simulate } = await import('/sim/src/engine/index.ts');
      const { strategyNamed } = await import('@evenkeel/core');
      const scenario = ${JSON.stringify(SCENARIO)};
      const hashOf = (name) => simulate({ scenario, strategy: strategyNamed(name).create() }).traceHash;
      return ${JSON.stringify(STRATEGIES)}.map(hashOf);
    })()`);
    const here = STRATEGIES.map(
      (name) => simulate({ scenario: SCENARIO, strategy: strategyNamed(name).create() }).traceHash,
    );
    expect(there).toEqual(here);
    expect(new Set(here).size).toBe(STRATEGIES.length);
  });
});
