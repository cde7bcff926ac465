/** A request ends alike live and simulated, whatever fault it meets, and whichever two. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fleet, startFleet } from '../src/index.ts';
import { expectAgreements, pairsOf, STANDING, STOPPING } from './pairs.ts';
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

test('in pairs, in both orders', async () => {
  await expectAgreements(fleet, pairsOf(STANDING));
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
