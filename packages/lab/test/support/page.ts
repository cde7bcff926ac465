/** The lab's page in a real browser, built once per test file, opened from `file://`, with no way to any network. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchBrowser, PATIENCE_MS } from '../../../../tools/browser.ts';
import { writePage } from '../../src/build.ts';
import type { LabFile } from '../../src/state/lab-file.ts';

/** A page that is open, and what it complained of or asked for. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  readonly requests: readonly string[];
}

/** A browser with the page at hand. */
export class LabBrowser implements AsyncDisposable {
  readonly url: string;
  readonly browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string, path: string) {
    this.browser = browser;
    this.#folder = folder;
    this.url = pathToFileURL(path).href;
  }

  static async start(file?: LabFile): Promise<LabBrowser> {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-lab-'));
    const [browser, path] = await Promise.all([launchBrowser(), writePage(folder, file)]);
    return new LabBrowser(browser, folder, path);
  }

  get folder(): string {
    return this.#folder;
  }

  /** @param fragment of the address, `#` included */
  async open(options: BrowserContextOptions = {}, fragment = ''): Promise<OpenPage> {
    const context = await this.browser.newContext({ offline: true, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const asked = request.url();
      if (!asked.startsWith(this.url) && !/^(?:blob|data):/.test(asked)) requests.push(asked);
    });
    await page.goto(`${this.url}${fragment}`);
    await until(page, 'globalThis.evenkeelLab !== undefined');
    return { page, complaints, requests };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.browser.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** Waits until an expression is true in the page. Its own policy forbids what Playwright would do. */
export async function until(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate<boolean>(expression))) await page.waitForTimeout(20);
}

/** Runs code in the page that may name `lab`, `stage`, `tour` and `files`. As text: its types are a browser's. */
export function inPage<T>(page: Page, code: string): Promise<T> {
  return page.evaluate<T>(`(async () => {
    const { lab, stage, tour, files } = globalThis.evenkeelLab;
    ${code}
  })()`);
}

/** Code that gives what the worlds show at a moment, as plain data. */
export function momentAt(atMs: number): string {
  return `lab.play(false);
    lab.seek(${atMs});
    await lab.settled();
    const plain = (value) => JSON.parse(JSON.stringify(value, (_, one) =>
      one instanceof Float32Array ? [...one] : one));
    return lab.worlds.map(({ answer }) => plain(answer?.frame ?? null));`;
}
