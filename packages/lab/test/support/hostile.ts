/** Strategies that mean harm, or are none; and what a page has to be after them. */

import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { inPage, momentAt, until } from './page.ts';

const LOOP = 'for (;;) {}';
const ALLOCATION = 'const all = []; for (;;) all.push(new Array(1e6).fill(all.length));';
const LARGE = 'const all = []; for (;;) all.push(new Uint8Array(2 ** 30).fill(1));';
/** The commonest kinds first. */
export const HOSTILE: readonly (readonly [what: string, code: string])[] = [
  ['loops in pick', `return () => ({ pick() { ${LOOP} } });`],
  ['throws', `return () => ({ pick() { throw new Error('no'); } });`],
  ['is no JavaScript', 'return {{{'],
  ['allocates in pick', `return () => ({ pick() { ${ALLOCATION} } });`],
  ['loops at once', LOOP],
  ['loops in promises', `const again = () => Promise.resolve().then(again); again(); return 5;`],
  ['allocates large buffers in pick', `return () => ({ pick() { ${LARGE} } });`],
  ['picks nothing', 'return () => ({ pick() {} });'],
  ['returns no strategy', 'return 5;'],
  [
    'throws what is no error',
    `return () => ({ pick() { throw { toString() { return 5n; } }; } });`,
  ],
  ['closes the function it stands in', '}); for (;;) {} (function () {'],
  [
    'replaces what our code calls',
    `}); function Reflect() {} function postMessage() {} (function () {`,
  ],
];

/** The world of the strategy has stopped. */
export const STOPPED = 'globalThis.evenkeelLab.lab.worlds[1].error !== undefined';

/** The page still plays: time passes, and the other world shows it. */
export async function expectUsable(page: Page): Promise<void> {
  const frames = await inPage<readonly { readonly atMs: number }[]>(page, momentAt(1200));
  expect(frames[0]!.atMs).toBe(1200);
  const passed = await inPage<number>(
    page,
    `lab.play(true);
     const from = lab.atMs;
     while (lab.atMs === from) await new Promise(requestAnimationFrame);
     lab.play(false);
     return lab.atMs - from;`,
  );
  expect(passed).toBeGreaterThan(0);
}

/** The strategy of this code is the second world. */
export async function race(page: Page, code: string): Promise<void> {
  await inPage(
    page,
    `lab.open({ ...lab.file, strategies: ['random', { name: 'mine', code: ${JSON.stringify(code)} }] });`,
  );
}

/** Such a strategy ends, the page says so, and goes on. */
export async function expectHarmless(page: Page, code: string): Promise<void> {
  await race(page, code);
  await until(page, STOPPED);
  await until(
    page,
    `document.querySelectorAll('.world')[1].textContent.includes('This world has stopped: ')`,
  );
  await expectUsable(page);
}
