import type { Account } from '@evenkeel/backends';
import { expect, test } from 'vitest';
import { visitsOf } from './visits.ts';

const ZERO = 1_000_000;

function account(events: readonly (readonly ['A' | 'S' | 'F', string, number])[]): Account {
  const of = (kind: string) =>
    events
      .filter(([event]) => event === kind)
      .map(([, backend, atMs]) => ({ backend, atMs: ZERO + atMs }));
  return { method: 'GET', arrived: of('A'), started: of('S'), finished: of('F') };
}

function visitsIn(one: Account) {
  return [...visitsOf(['x', 'unheard-of'], new Map([['x', one]]), ZERO)];
}

test('a request that is served is one visit, its times counted from the end of the warm-up', () => {
  const served = account([
    ['A', 'a', -5],
    ['S', 'a', 2],
    ['F', 'a', 9],
  ]);
  expect(visitsIn(served)).toEqual([{ backend: 'a', arrivedMs: -5, startedMs: 2, endedMs: 9 }]);
});

test('each attempt is a visit of its own, at another backend and at the same one', () => {
  const retried = account([
    ['A', 'a', 0],
    ['A', 'a', 10],
    ['S', 'a', 11],
    ['A', 'b', 20],
    ['S', 'b', 20],
    ['F', 'b', 30],
  ]);
  expect(visitsIn(retried)).toEqual([
    { backend: 'a', arrivedMs: 0, startedMs: null, endedMs: null },
    { backend: 'a', arrivedMs: 10, startedMs: 11, endedMs: null },
    { backend: 'b', arrivedMs: 20, startedMs: 20, endedMs: 30 },
  ]);
});
