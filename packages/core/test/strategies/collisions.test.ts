/** Ids that collide under the hash: even then the order of a configuration file decides nothing. */

import { describe, expect, test } from 'vitest';
import {
  type Endpoint,
  hash32,
  rendezvous,
  ringHash,
  type StrategyFactory,
  seededRandom,
} from '../../src/index.ts';
import { FakeEndpoint, ManualClock, requestWith } from '../../src/testing/index.ts';

/** Found by search: two ids with one hash, and two whose first points of a ring coincide. */
const SAME_HASH = ['e108355', 'e35850'] as const;
const SAME_POINT = ['e45028', 'e48261'] as const;

/** Where keys go in a fleet of these ids, listed in this order. */
function owners(factory: StrategyFactory, ids: readonly string[]): string[] {
  const members = ids.map((id, slot) => {
    const endpoint = new FakeEndpoint(id, slot, 1);
    endpoint.eligible = true;
    return endpoint;
  });
  const strategy = factory({ clock: new ManualClock(), random: seededRandom(1) });
  strategy.prepare?.(members);
  const ask = (key: number): Endpoint => strategy.pick(members, requestWith(hash32(`key ${key}`)));
  return Array.from({ length: 200 }, (_, key) => ask(key).id);
}

test('the ids do collide', () => {
  expect(hash32(SAME_HASH[0])).toBe(hash32(SAME_HASH[1]));
  // One point each, at the same place: the ring belongs to one of them alone.
  expect(new Set(owners(ringHash(1), SAME_POINT)).size).toBe(1);
});

describe.each([
  ['ip-hash', rendezvous, SAME_HASH],
  ['ring-hash', ringHash(1), SAME_POINT],
] as const)('%s', (_, factory, [lesser, greater]) => {
  test('keys go to the same one of two that collide, in whatever order they are listed', () => {
    const straight = owners(factory, [lesser, greater, 'other']);
    expect(owners(factory, [greater, lesser, 'other'])).toEqual(straight);
    expect(owners(factory, ['other', greater, lesser])).toEqual(straight);
  });
});
