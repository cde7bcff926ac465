/** The driver of the conformance laws keeps the contract of strategy.ts to the letter. */

import { describe, expect, test } from 'vitest';
import {
  type Endpoint,
  type Outcome,
  roundRobin,
  type Strategy,
  seededRandom,
} from '../../src/index.ts';
import { conformanceLaws, FakeFleet, requestWith } from '../../src/testing/index.ts';

/** Takes the first candidate, and notes what it hears. */
function noting(notes: unknown[]): () => Strategy {
  return () => ({
    pick: (candidates) => candidates[0]!,
    prepare: (members) => notes.push(['prepare', members.map(({ id }) => id).join(' ')]),
    started: ({ id, inFlight }) => notes.push(['started', id, inFlight]),
    firstByte: ({ id }, afterMs) => notes.push(['firstByte', id, afterMs]),
    settled: ({ id, inFlight }, outcome) => notes.push(['settled', id, inFlight, outcome]),
  });
}

function fleetOf(weights: readonly number[], notes: unknown[] = []): FakeFleet {
  return new FakeFleet(noting(notes), 1, weights);
}

const ANY = requestWith(7);

describe('a fake fleet', () => {
  test('names its endpoints in order and gives each a slot', () => {
    const fleet = fleetOf([1, 2]);
    fleet.add(3);
    expect(fleet.members.map(({ id, slot, weight }) => [id, slot, weight])).toEqual([
      ['e0', 0, 1],
      ['e1', 1, 2],
      ['e2', 2, 3],
    ]);
    expect(requestWith(7)).toEqual({ hash: 7, idempotent: true });
  });

  test('gives a slot away only when the last attempt of its owner has ended', () => {
    const fleet = fleetOf([1, 1]);
    const first = fleet.start(ANY);
    const second = fleet.start(ANY);
    fleet.remove(first.endpoint);
    expect(fleet.add().slot).toBe(2);
    fleet.settle(first);
    expect(fleet.add().slot).toBe(3);
    fleet.settle(second);
    expect([fleet.add().slot, fleet.add().slot]).toEqual([0, 4]);
  });

  test('gives no slot away while its owner stays, idle or not', () => {
    const fleet = fleetOf([1]);
    fleet.settle(fleet.start(ANY));
    expect(fleet.add().slot).toBe(1);
  });

  test('gives away an idle one’s slot at once', () => {
    const fleet = fleetOf([1, 1]);
    fleet.remove(fleet.members[0]!);
    expect(fleet.add().slot).toBe(0);
  });

  test('tells of membership and weights, not of health, and counts before it tells', () => {
    const notes: unknown[] = [];
    const fleet = fleetOf([1, 1], notes);
    fleet.members[1]!.ready = false;
    fleet.clock.advance(100);
    const attempt = fleet.start(ANY);
    fleet.clock.advance(5);
    fleet.firstByte(attempt);
    fleet.clock.advance(5);
    fleet.settle(attempt);
    fleet.reweigh(fleet.members[0]!, 3);
    fleet.remove(fleet.members[0]!);
    expect(notes).toEqual([
      ['prepare', 'e0 e1'],
      ['started', 'e0', 1],
      ['firstByte', 'e0', 5],
      ['settled', 'e0', 0, { kind: 'ok', latencyMs: 10 }],
      ['prepare', 'e0 e1'],
      ['prepare', 'e1'],
    ]);
    expect(fleet.running).toEqual([]);
  });

  test.each<[Outcome['kind'], object]>([
    ['failed', { cause: 'reset', requestSent: true, replayable: true, latencyMs: 4 }],
    ['cancelled', { latencyMs: 4 }],
  ])('ends an attempt as %s', (kind, rest) => {
    const notes: unknown[] = [];
    const fleet = fleetOf([1], notes);
    const attempt = fleet.start(ANY);
    fleet.clock.advance(4);
    fleet.settle(attempt, kind);
    expect(notes.at(-1)).toEqual(['settled', 'e0', 0, { kind, ...rest }]);
  });

  test('makes eligible exactly those that a request may have', () => {
    const fleet = fleetOf([1, 1, 1, 1]);
    fleet.members[1]!.ready = false;
    fleet.start(ANY, [fleet.members[0]!]);
    expect(fleet.members.map(({ eligible }) => eligible)).toEqual([false, false, true, true]);
    fleet.start(ANY);
    expect(fleet.members.map(({ eligible }) => eligible)).toEqual([true, false, true, true]);
  });

  test('refuses a pick that is no candidate, and says which are', () => {
    let pick: Endpoint | undefined;
    const fleet = new FakeFleet(() => ({ pick: () => pick as Endpoint }), 1, [1, 1, 1]);
    expect(() => fleet.start(ANY)).toThrow('picked nothing, the candidates were e0 e1 e2');
    pick = fleet.members[0];
    expect(() => fleet.start(ANY, [fleet.members[0]!])).toThrow(
      'picked e0, the candidates were e1 e2',
    );
  });

  test('ends each attempt once', () => {
    const fleet = fleetOf([1]);
    const [attempt, other] = [fleet.start(ANY), fleet.start(ANY)];
    fleet.settle(attempt);
    expect(() => fleet.settle(attempt)).toThrow(new RangeError('this attempt has ended already'));
    expect(fleet.running).toEqual([other]);
  });

  test('serves requests one every so often, each for as long as its endpoint takes', () => {
    const heard: number[] = [];
    const fleet = new FakeFleet(
      (environment) => ({
        ...roundRobin(environment),
        pick: (candidates) => candidates[heard.length % 2]!,
        prepare: () => {},
        started: () => heard.push(fleet.clock.now()),
        firstByte: (_, afterMs) => heard.push(-afterMs),
      }),
      1,
      [1, 1, 1],
    );
    expect(fleet.serve(3, 10, ({ slot }) => 2 + slot)).toEqual([3, 0, 0]);
    expect(heard).toEqual([0, -2, 10, -2, 20, -2]);
    expect([fleet.clock.now(), fleet.running.length]).toEqual([30, 0]);
  });

  test('draws for the test and for the strategy from streams apart', () => {
    let drawn = Number.NaN;
    const fleet = new FakeFleet(
      ({ random }) => {
        drawn = random.next();
        return { pick: (candidates) => candidates[0]! };
      },
      3,
      [1],
    );
    expect(drawn).toBe(seededRandom(3).fork('strategy').next());
    expect(fleet.random.next()).toBe(seededRandom(3).fork('test').next());
  });
});

describe('the random fleet of the laws', () => {
  test('shows a strategy all that can happen to a fleet, and never more than twelve members', () => {
    const seen = new Set<string>();
    let most = 0;
    const watching = (): Strategy => {
      let before = new Map<Endpoint, number>();
      const idleFor = new Map<Endpoint, number>();
      const heads = new Set<Endpoint>();
      return {
        pick: (candidates) => {
          if (candidates.length < before.size) seen.add('not all are candidates');
          for (const member of before.keys()) {
            const absent = member.eligible ? 0 : (idleFor.get(member) ?? 0) + 1;
            idleFor.set(member, absent);
            if (absent > 12) seen.add('one is away for long');
            if (member.effectiveWeight < member.weight) seen.add('one warms up');
          }
          if (candidates.length === before.size) seen.add('all are candidates');
          return candidates[candidates.length - 1]!;
        },
        prepare: (members) => {
          most = Math.max(most, members.length);
          if (before.size > 0 && members.length > before.size) seen.add('one comes');
          if (members.length < before.size) seen.add('one leaves');
          for (const member of members) {
            const weight = before.get(member);
            if (weight !== undefined && weight !== member.weight) seen.add('a weight changes');
            seen.add(Number.isInteger(member.weight) ? 'whole weights' : 'broken weights');
          }
          before = new Map(members.map((member) => [member, member.weight]));
        },
        started: ({ inFlight }) => {
          if (inFlight > 1) seen.add('several at one');
        },
        firstByte: (endpoint, afterMs) => {
          heads.add(endpoint);
          seen.add(afterMs > 0 ? 'a head in time' : 'a head at once');
        },
        settled: (endpoint, { kind, latencyMs }) => {
          seen.add(kind);
          if (!heads.delete(endpoint)) seen.add('an end without a head');
          if (latencyMs > 1_000) seen.add('a long attempt');
          if (!before.has(endpoint)) seen.add('the end of one that has left');
        },
      };
    };
    for (let seed = 0; seed < 60; seed++) conformanceLaws[0]!.check(watching, seed);
    expect([...seen].sort()).toEqual(
      [
        'a head at once',
        'a head in time',
        'a long attempt',
        'a weight changes',
        'all are candidates',
        'an end without a head',
        'broken weights',
        'cancelled',
        'failed',
        'not all are candidates',
        'ok',
        'one comes',
        'one is away for long',
        'one leaves',
        'one warms up',
        'several at one',
        'the end of one that has left',
        'whole weights',
      ].sort(),
    );
    expect(most).toBe(12);
  });
});
