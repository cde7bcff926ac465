/** What axe-core finds wrong with the page as it is, and whether the page is wider than its window. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Violation {
  readonly id: string;
  readonly nodes: readonly string[];
}

/** Everything is opened first, so that everything is looked at. */
export async function expectUsableByAll(page: Page): Promise<void> {
  await page.evaluate(`for (const one of document.querySelectorAll('details')) one.open = true`);
  if (!(await page.evaluate<boolean>('globalThis.axe !== undefined'))) {
    await page.evaluate(await readFile(AXE, 'utf8'));
  }
  const violations = await page.evaluate<readonly Violation[]>(`axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    resultTypes: ['violations'],
  }).then(({ violations }) => violations.map(({ id, nodes }) => ({
    id, nodes: nodes.map(({ html }) => html.slice(0, 200)),
  })))`);
  expect(violations).toEqual([]);
  expect(await page.evaluate(`document.documentElement.scrollWidth > innerWidth`)).toBe(false);
}
