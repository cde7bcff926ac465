/** No way out: neither the page's policy nor the worker of a strategy lets anything reach a server that listens. */

import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NO_BROWSER } from '../../../tools/browser.ts';
import { Listener, OPEN_IN_WORKER, tryDoors } from './support/doors.ts';
import { race, STOPPED } from './support/hostile.ts';
import { inPage, LabBrowser, momentAt, type OpenPage, until } from './support/page.ts';

/** Runs code in a worker made of a Blob, and waits for its message. */
const inWorker = (code: string): string => `new Promise((done, fail) => {
  const worker = new Worker(URL.createObjectURL(new Blob([${JSON.stringify(code)}])));
  worker.onmessage = ({ data }) => done(data);
  worker.onerror = ({ message }) => fail(new Error(message));
})`;

/** What the engine itself needs, beside the language. */
const NEEDED = ['URL', 'structuredClone', '__own'];

const reason = NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`;

describe.skipIf(NO_BROWSER !== undefined)(`ways out of the lab${reason}`, () => {
  let lab: LabBrowser;
  let open: OpenPage;
  let listener: Listener;
  beforeAll(async () => {
    [lab, listener] = await Promise.all([LabBrowser.start(), Listener.start()]);
    open = await lab.open({ offline: false });
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
    await listener?.[Symbol.asyncDispose]();
  });

  const tried = (): string => `${tryDoors(listener.port)}.then(() => postMessage('tried'))`;

  test('a worker of a plain page reaches the server through each door; one of the lab through none', async () => {
    const { page } = open;
    expect(await page.evaluate(inWorker(tried()))).toBe('tried');
    expect([...listener.arrivals]).toEqual([]);

    const plain = await page.context().newPage();
    await plain.goto(`http://127.0.0.1:${listener.port}/page`);
    expect(await plain.evaluate(inWorker(tried()))).toBe('tried');
    const doors = OPEN_IN_WORKER.map((name) => `/${name}`);
    expect([...listener.arrivals]).toEqual(expect.arrayContaining(doors));
    await plain.close();
  });

  test('a strategy has the language and nothing else, and reaches nothing', async () => {
    listener.arrivals.clear();
    const { page } = open;
    await race(
      page,
      `const names = new Set();
       for (let at = globalThis; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
         for (const name of Reflect.ownKeys(at)) {
           if (typeof globalThis[name] !== 'number') names.add(String(name));
         }
       }
       let evaluated = 'nothing evaluated';
       try { evaluated = [].constructor.constructor('return "evaluated"')(); } catch {}
       try { Array.prototype.push = () => { evaluated += ', built-in replaced'; }; } catch {}
       try { globalThis.Math = {}; evaluated += ', global replaced'; } catch {}
       let isTried = false;
       ${tryDoors(listener.port)}.then(() => { isTried = true; });
       return () => ({
         pick(candidates) {
           if (isTried) throw new Error([evaluated, typeof this, ...names].join(' | '));
           return candidates[0];
         },
       });`,
    );
    for (let atMs = 100; !(await page.evaluate<boolean>(STOPPED)); atMs += 100) {
      await inPage(page, momentAt(atMs % 1000));
    }
    const error = await inPage<string>(page, 'return lab.worlds[1].error;');
    const [evaluated, , ...names] = error.replace(/^Error: /, '').split(' | ');
    expect(evaluated).toBe('nothing evaluated');
    const language = runInNewContext('Object.getOwnPropertyNames(globalThis)') as string[];
    const more = names.filter((name) => !language.includes(name) && !NEEDED.includes(name));
    expect(more).toEqual([]);
    expect([...listener.arrivals]).toEqual([]);
  });

  test('code that closes the function it stands in finds no more, and cannot come before ours', async () => {
    const { page } = open;
    const looks = ['WebSocket', 'Worker', 'self', 'navigator', 'Reflect'];
    const found = `throw new Error([${looks.map((name) => `typeof ${name}`)}].join(' '));`;
    for (const [code, error] of [
      [
        `}); function Reflect() {} function postMessage() {} ${found} (function () {`,
        /undefined undefined undefined undefined function/,
      ],
      [`}); } function Reflect() {} ${found} { (function () {`, /SyntaxError: Undefined label/],
      [
        `}); } function Reflect() {} ${found} block: { (function () {`,
        /SyntaxError: Undefined label/,
      ],
      ['/*', /SyntaxError/],
      ['`', /SyntaxError/],
    ] as const) {
      await race(page, code);
      await until(page, STOPPED);
      expect(await inPage<string>(page, 'return lab.worlds[1].error;')).toMatch(error);
    }
    expect([...listener.arrivals]).toEqual([]);
  });
});
