import { expect, test } from 'vitest';
import { strategyOfModule } from './module.ts';
import { roundRobin } from './round-robin.ts';

test('a module exports a factory, and a key if picks depend on one', () => {
  const plain = strategyOfModule('file:a.ts', { default: roundRobin });
  expect(plain.create()).toBe(roundRobin);
  expect([plain.name, plain.key]).toEqual(['file:a.ts', undefined]);
  const key = { header: 'x-user' };
  expect(strategyOfModule('file:a.ts', { default: roundRobin, key }).key).toBe(key);
});

test.each([
  [undefined, 'file:a.ts: the default export must be a strategy factory; it has none'],
  [{ default: 7 }, 'file:a.ts: the default export must be a strategy factory; it is 7'],
  [
    { default: roundRobin, key: 'ipp' },
    'file:a.ts: the export "key" must be \'ip\', { header: NAME } or { cookie: NAME }, got "ipp"',
  ],
])('%j is refused in one line', (module, message) => {
  expect(() => strategyOfModule('file:a.ts', module)).toThrow(message);
});
