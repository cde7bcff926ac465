/** `--policy`: live traffic meets policies from modules of the user's own. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadPolicyFiles } from '../../src/policy-file.ts';
import { killPrograms, startBackend, startProgram } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-file-'));
afterAll(async () => {
  await killPrograms();
  rmSync(folder, { recursive: true, force: true });
});

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a policy that cannot be used is refused in one line', () => {
  test.each([
    ['nothing', undefined, /^--policy: expected KIND=FILE with one of health, detector, budget/],
    ['toString', '', /^--policy: expected KIND=FILE/],
    ['health', undefined, /^--policy: .* cannot be loaded: Cannot find module/],
    ['budget', 'export default 7;', /the default export must be a function$/],
    ['detector', 'export default () => ({ record() {} });', /must make a method forget$/],
    ['slow-start', 'export default () => ({ factor() {} });', /must make a number windowMs$/],
    ['panic', 'export default () => ({});', /must make a method inPanic$/],
    ['budget', 'export default () => undefined;', /must make an object, got undefined$/],
    ['health', 'export default () => { throw new Error("no"); };', /export threw Error: no$/],
  ])('%s, %j', (kind, text, says) => {
    const path =
      text === undefined ? join(folder, 'absent.ts') : file(`${kind}-${text.length}.ts`, text);
    expect(() => loadPolicyFiles([`${kind}=${path}`])).toThrow(says);
  });

  test('one kind given twice', () => {
    const path = file('twice.ts', 'export default () => ({ record() {}, forget() {} });');
    const twice = [`detector=${path}`, `detector=${path}`];
    expect(() => loadPolicyFiles(twice)).toThrow('--policy: detector is given twice');
  });
});

test('slow start is made anew for each service', () => {
  const make = loadPolicyFiles([
    `slow-start=${file('slow.ts', 'export default () => ({ windowMs: 7, factor: () => 1 });')}`,
  ]);
  expect(make()).toMatchObject({ slowStart: { windowMs: 7 } });
  expect(make().slowStart).not.toBe(make().slowStart);
});

/** A policy whose methods write down that they were called. */
function telling(name: string, methods: string, log: string): string {
  const note = `import { appendFileSync } from 'node:fs';
    const note = (word) => appendFileSync(${JSON.stringify(log)}, word + '\\n');`;
  return file(`${name}.mjs`, `${note}\nexport default () => ({ ${methods} });`);
}

test('live traffic asks them', async () => {
  const log = file('log', '');
  const health = `observe({ ok }) { note('health'); return ok ? 'up' : 'down'; },
    nextDelayMs: () => 50, timeoutMs: () => 1000`;
  const budget = `deposit() { note('budget'); }, canAfford: () => true, withdraw: () => true`;
  const files = {
    health: telling('health', health, log),
    detector: telling('detector', `record() { note('detector'); }, forget() {}`, log),
    budget: telling('budget', budget, log),
    panic: telling('panic', `inPanic() { note('panic'); return false; }`, log),
  };
  const backend = await startBackend('a');
  onTestFinished(() => backend.stop());
  const policies = Object.entries(files).flatMap(([kind, path]) => ['--policy', `${kind}=${path}`]);
  const args = ['--port', '0', '--log-level', 'silent', '--backends', backend.url];
  const { url } = await startProgram([...args, ...policies]);
  expect(await (await fetch(url)).text()).toBe('a');
  await expect
    .poll(() => new Set(readFileSync(log, 'utf8').split('\n')))
    .toEqual(new Set(['health', 'detector', 'budget', 'panic', '']));
});
