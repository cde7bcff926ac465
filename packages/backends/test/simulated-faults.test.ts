/** A request ends alike live and simulated, whatever fault it meets, and whichever two. */

import type { Fault } from '@evenkeel/sim';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fleet, startFleet } from '../src/index.ts';
import { expectAgreements, STANDING, STOPPING } from './pairs.ts';
import { live, simulated } from './simulated.ts';
import { spec } from './support.ts';

let fleet: Fleet;
beforeAll(async () => {
  // Several, so that the waits pass side by side. Only `a` draws as the simulated backend does.
  fleet = await startFleet({
    backends: ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => spec(id)),
    seed: 7,
  });
});
afterAll(() => fleet.stop());

test('alone', async () => {
  await expectAgreements(
    fleet,
    [...STANDING, ...STOPPING].map((fault) => [fault]),
  );
});

test('in pairs: each with the next one and the one after it, in both orders', async () => {
  const at = (i: number): Fault => STANDING[i % STANDING.length] as Fault;
  const pairs = STANDING.flatMap((fault, i) => [
    [fault, at(i + 1)],
    [at(i + 2), fault],
  ]);
  await expectAgreements(
    fleet,
    pairs.filter(([a, b]) => a?.kind !== b?.kind),
  );
});

test('a rate hits the same requests in both', async () => {
  await fleet.reset();
  const faults = [
    { kind: 'error', rate: 0.4, status: 500, body: '' },
    { kind: 'garbage', rate: 0.3 },
    { kind: 'error', rate: 0.2, status: 501, body: '' },
  ] as const;
  const expected = simulated(faults, 40);
  for (const [index, fault] of faults.entries()) {
    await fleet.beginFault('a', { index, fault }, false);
  }
  const seen = [];
  for (const [i, outcome] of expected.entries()) seen.push(await live(fleet.urls[0]!, i, outcome));
  const kinds = (list: typeof expected): string[] => list.map((o) => `${o.kind} ${o.status}`);
  expect(kinds(seen)).toEqual(kinds(expected));
  expect(new Set(kinds(expected)).size).toBe(4);
});
