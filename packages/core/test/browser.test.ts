import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, NO_BROWSER, PATIENCE_MS } from '../../../tools/browser.ts';
import { playAll } from './support/playback.ts';

const PACKAGE = join(import.meta.dirname, '..');

/** The icon is given so that the browser does not ask for one. */
const PAGE = '<!doctype html><title>core</title><link rel="icon" href="data:,">';

/** Serves core as it stands, with its types stripped and nothing else done to it. */
async function serveSources(): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/';
    if (path === '/') {
      response.setHeader('content-type', 'text/html').end(PAGE);
      return;
    }
    const text = await readFile(join(PACKAGE, path), 'utf8').catch(() => undefined);
    if (text === undefined) response.writeHead(404).end();
    else response.setHeader('content-type', 'text/javascript').end(stripTypeScriptTypes(text));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return server;
}

describe.skipIf(NO_BROWSER !== undefined)(`in a browser ${NO_BROWSER ?? ''}`, () => {
  let server: Server;
  beforeAll(async () => {
    server = await serveSources();
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  test('a page imports core, and one seed makes the same picks as here', async () => {
    const { port } = server.address() as AddressInfo;
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(PATIENCE_MS);
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(`http://127.0.0.1:${port}/`);
      const there = await page.evaluate(
        "import('/test/support/playback.ts').then(({ playAll }) => playAll(7))",
      );
      expect(there).toEqual(playAll(7));
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
