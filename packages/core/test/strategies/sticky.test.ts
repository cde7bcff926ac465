/** sticky: sessions stay, move once when they must, and new ones go where the fallback says. */

import { describe, expect, test } from 'vitest';
import {
  leastConnections,
  OptionError,
  randomChoice,
  sticky,
  strategyNamed,
} from '../../src/index.ts';
import type { FakeEndpoint, FakeFleet } from '../../src/testing/index.ts';
import { fleetBy, fleetOf } from './support.ts';

/** One request of a session; the driver binds the session to the endpoint it got. */
function request(
  fleet: FakeFleet,
  affinity: string | undefined,
  excluded: readonly FakeEndpoint[] = [],
): string {
  const attempt = fleet.start({ hash: 0, idempotent: true, affinity }, excluded);
  fleet.settle(attempt);
  return attempt.endpoint.id;
}

describe('sticky', () => {
  test('a session stays where it is bound, however busy that is', () => {
    const fleet = fleetOf('sticky', [1, 1, 1]);
    fleet.members[1]!.inFlight = 50;
    for (let i = 0; i < 20; i++) expect(request(fleet, 'e1')).toBe('e1');
  });

  test('a new session goes where the fallback says', () => {
    const fleet = fleetOf('sticky', [1, 1, 1]);
    fleet.members[0]!.inFlight = 1;
    fleet.members[2]!.inFlight = 1;
    for (let i = 0; i < 20; i++) expect(request(fleet, undefined)).toBe('e1');
  });

  test('sessions of a dead endpoint move once, and stay where they went when it is back', () => {
    const fleet = fleetBy(sticky(randomChoice), [1, 1, 1, 1]);
    const sessions = Array.from({ length: 50 }, () => request(fleet, undefined));
    const dead = fleet.members[2]!;
    dead.ready = false;
    const moved = sessions.map((bound) => request(fleet, bound));
    for (const [i, bound] of moved.entries()) {
      if (sessions[i] === 'e2') expect(bound).not.toBe('e2');
      else expect(bound).toBe(sessions[i]);
    }
    expect(moved.map((bound) => request(fleet, bound))).toEqual(moved);
    dead.ready = true;
    expect(moved.map((bound) => request(fleet, bound))).toEqual(moved);
  });

  test('an endpoint that was tried already is passed over', () => {
    const fleet = fleetOf('sticky', [1, 1]);
    expect(request(fleet, 'e1', [fleet.members[1]!])).toBe('e0');
  });

  test('a session of an endpoint that has left, or never was, is a new one', () => {
    const fleet = fleetOf('sticky', [1, 1]);
    const [gone] = fleet.members;
    expect(request(fleet, 'e0')).toBe('e0');
    fleet.remove(gone!);
    expect(request(fleet, 'e0')).toBe('e1');
    expect(request(fleet, 'unknown')).toBe('e1');
    fleet.add();
    expect(request(fleet, 'e2')).toBe('e2');
  });

  test('says of slow start what its fallback says', () => {
    expect(fleetBy(sticky(leastConnections), [1]).strategy.followsEffectiveWeight).toBe(true);
    expect(fleetBy(sticky(randomChoice), [1]).strategy.followsEffectiveWeight).toBe(false);
  });

  test('tells the fallback all that it hears', () => {
    const heard: string[] = [];
    const fleet = fleetBy(
      sticky(() => ({
        pick: (candidates) => candidates[0]!,
        prepare: (members) => heard.push(`prepare ${members.length}`),
        started: ({ id }) => heard.push(`started ${id}`),
        firstByte: ({ id }, afterMs) => heard.push(`firstByte ${id} ${afterMs}`),
        settled: ({ id }, { kind }) => heard.push(`settled ${id} ${kind}`),
      })),
      [1, 1],
    );
    const attempt = fleet.start({ hash: 0, idempotent: true, affinity: 'e1' });
    fleet.clock.advance(3);
    fleet.firstByte(attempt);
    fleet.settle(attempt);
    expect(heard).toEqual(['prepare 2', 'started e1', 'firstByte e1 3', 'settled e1 ok']);
  });

  test('takes its fallback by name, or by name and options', () => {
    for (const fallback of ['round-robin', { name: 'round-robin' }]) {
      const fleet = fleetBy(strategyNamed('sticky').create({ fallback }), [1, 1, 1]);
      expect([1, 2, 3, 4].map(() => request(fleet, undefined))).toEqual(['e0', 'e1', 'e2', 'e0']);
    }
    const withOptions = { fallback: { name: 'peak-ewma', options: { decayMs: 500 } } };
    expect(request(fleetBy(strategyNamed('sticky').create(withOptions), [1]), 'e0')).toBe('e0');
  });

  const expected =
    'strategy sticky: option fallback must be the name of a strategy without a routing key, or { name, options }, got ';

  test.each([
    [7, `${expected}7`],
    [{}, `${expected}{}`],
    [null, `${expected}null`],
    [{ name: 'random', options: 3 }, `${expected}{"name":"random","options":3}`],
    [{ name: 'random', options: null }, `${expected}{"name":"random","options":null}`],
    [{ name: 3 }, `${expected}{"name":3}`],
    ['sticky', `${expected}"sticky"`],
    ['ip-hash', `${expected}"ip-hash"`],
  ])('refuses the fallback %j', (fallback, message) => {
    expect(() => strategyNamed('sticky').create({ fallback })).toThrow(message);
  });

  test('passes on what is wrong with the fallback itself', () => {
    const create = (fallback: unknown) => () => strategyNamed('sticky').create({ fallback });
    expect(create('randon')).toThrow(
      /^strategy sticky: option fallback: unknown strategy "randon"; did you mean random\?/,
    );
    expect(create('randon')).toThrow(
      expect.objectContaining({ cause: expect.any(OptionError) as OptionError }),
    );
    expect(create({ name: 'peak-ewma', options: { decayMs: 0 } })).toThrow(
      'strategy peak-ewma: option decayMs must be a number from 1 to 3600000, got 0',
    );
  });
});
