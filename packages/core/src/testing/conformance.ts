/**
 * The laws that every strategy obeys, built-in or own. Each runs a small fleet by a seed and
 * throws when the law is broken, so that any test runner can use it, and any seed replays it:
 *
 *   for (const law of lawsFor(entry)) law.check(entry.create(), seed);
 *
 * Laws of one strategy alone (that least-connections picks a minimum) stand with its tests.
 */

import type { Random } from '../ports.ts';
import type { StrategyEntry } from '../strategies/entry.ts';
import type { Endpoint, StrategyFactory } from '../strategy.ts';
import { type FakeEndpoint, FakeFleet, requestWith } from './fake-fleet.ts';

/** Which strategies a law binds: all, those that follow a routing key, or those that do not. */
export type LawScope = 'all' | 'keyed' | 'unkeyed';

/** One law. */
export interface Law {
  readonly name: string;
  readonly scope: LawScope;
  /** @throws {LawBroken} with one line that replays it */
  check(factory: StrategyFactory, seed: number): void;
}

/** A strategy has broken a law; the message says which, how, and by what seed. */
export class LawBroken extends Error {
  override readonly name = 'LawBroken';
}

type Body = (factory: StrategyFactory, seed: number) => void;

function law(name: string, scope: LawScope, body: Body): Law {
  return {
    name,
    scope,
    check: (factory, seed) => {
      try {
        body(factory, seed);
      } catch (cause) {
        const how = cause instanceof Error ? cause.message : String(cause);
        throw new LawBroken(`law "${name}" broken by seed ${seed}: ${how}`, { cause });
      }
    },
  };
}

function must(holds: boolean, how: string): void {
  if (!holds) throw new Error(how);
}

const MOST_MEMBERS = 12;
const WALK_STEPS = 400;
const KEYS = 200;
const EQUAL: readonly number[] = [1, 1, 1, 1, 1];
const HASH_BELOW = 2 ** 31;

/** All but one at most, drawn by chance; often none. */
function someOf<T>(all: readonly T[], random: Random): T[] {
  if (random.below(2) === 0) return [];
  return all.filter(() => random.below(3) === 0).slice(0, all.length - 1);
}

function oneOf<T>(all: readonly T[], random: Random): T | undefined {
  return all[random.below(Math.max(1, all.length))];
}

function drawWeight(random: Random): number {
  return random.below(2) === 0 ? 1 + random.below(5) : 0.1 + 10 * random.next();
}

/** What may happen to a fleet besides requests; each leaves an endpoint ready. */
const CHANGES: readonly ((fleet: FakeFleet, member: FakeEndpoint) => void)[] = [
  (fleet) => {
    if (fleet.members.length < MOST_MEMBERS) fleet.add(drawWeight(fleet.random));
  },
  (fleet, member) => {
    if (fleet.ready.some((other) => other !== member)) fleet.remove(member);
  },
  (fleet, member) => fleet.reweigh(member, drawWeight(fleet.random)),
  (fleet, member) => {
    member.ready = !member.ready || !fleet.ready.some((other) => other !== member);
  },
  (fleet, member) => {
    member.factor = fleet.random.below(2) === 0 ? 1 : 0.1 + 0.9 * fleet.random.next();
  },
];

/** Requests, answers and changes of membership, health and weight, in any order. */
function walk(fleet: FakeFleet): string[] {
  const { random } = fleet;
  const picks: string[] = [];
  for (let step = 0; step < WALK_STEPS; step++) {
    const event = random.below(16);
    if (event < 9) {
      const request = requestWith(random.below(HASH_BELOW));
      picks.push(fleet.start(request, someOf(fleet.ready, random)).endpoint.id);
    } else if (event < 14) {
      const attempt = oneOf(fleet.running, random);
      if (attempt === undefined) continue;
      if (random.below(4) > 0) fleet.firstByte(attempt);
      fleet.settle(attempt, oneOf(['ok', 'failed', 'cancelled'] as const, random));
    } else if (event < 15) fleet.clock.advance(random.below(5_000));
    else {
      const member = oneOf(fleet.members, random);
      const change = oneOf(CHANGES, random);
      if (member !== undefined) change?.(fleet, member);
    }
  }
  return picks;
}

function weightsBy(seed: number): number[] {
  return Array.from({ length: 1 + (seed % 7) }, (_, i) => 1 + ((seed + i) % 4));
}

const picksCandidates = law(
  'picks one of the candidates, whatever happens to the fleet',
  'all',
  (factory, seed) => {
    const fleet = new FakeFleet(factory, seed, weightsBy(seed));
    walk(fleet);
  },
);

const settlesAll = law(
  'every attempt can end, and then none is in flight',
  'all',
  (factory, seed) => {
    const fleet = new FakeFleet(factory, seed, weightsBy(seed));
    const seen = new Set<FakeEndpoint>();
    walk(fleet);
    for (const attempt of [...fleet.running]) {
      seen.add(attempt.endpoint);
      fleet.settle(attempt);
    }
    for (const endpoint of [...seen, ...fleet.members]) {
      must(endpoint.inFlight === 0, `${endpoint.id} still has ${endpoint.inFlight} in flight`);
    }
  },
);

const repeats = law('the same seed gives the same picks', 'all', (factory, seed) => {
  const first = walk(new FakeFleet(factory, seed, weightsBy(seed)));
  const second = walk(new FakeFleet(factory, seed, weightsBy(seed)));
  const differs = first.findIndex((id, i) => id !== second[i]);
  must(differs < 0, `pick ${differs} was ${first[differs]}, then ${second[differs]}`);
});

const takesTheOnlyOne = law('with one candidate it picks that', 'all', (factory, seed) => {
  const fleet = new FakeFleet(factory, seed, [1, 2, 3]);
  for (let round = 0; round < 30; round++) {
    const only = fleet.members[round % 3] as FakeEndpoint;
    const others = fleet.members.filter((member) => member !== only);
    fleet.start(requestWith(fleet.random.below(HASH_BELOW)), others);
  }
});

/**
 * Service of 10 to 30 ms with a request every 8 ms: half of what five endpoints can do one by one.
 */
function serve(fleet: FakeFleet, requests: number): number[] {
  return fleet.serve(requests, 8, () => 10 + 20 * fleet.random.next());
}

/** Between a quarter and three times the fair share: what no healthy one of equals falls out of. */
function mustBeFair(shares: readonly number[], what: string): void {
  const fair = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const isFair = shares.every((share) => share >= fair / 4 && share <= 3 * fair);
  must(isFair, `equal endpoints got ${shares.join(' ')} of the ${what}`);
}

const starvesNone = law('starves none of equal endpoints', 'unkeyed', (factory, seed) => {
  mustBeFair(serve(new FakeFleet(factory, seed, EQUAL), 1_000), 'requests');
});

const welcomes = law(
  'a newcomer gets its share, in an old slot too',
  'unkeyed',
  (factory, seed) => {
    const fleet = new FakeFleet(factory, seed, EQUAL);
    serve(fleet, 300);
    fleet.remove(oneOf(fleet.members, fleet.random) as FakeEndpoint);
    serve(fleet, 100);
    fleet.add();
    mustBeFair(serve(fleet, 1_000), 'requests');
  },
);

/** Where each key goes while nothing else is running. */
function placed(fleet: FakeFleet, keys: readonly number[], excluded: readonly Endpoint[] = []) {
  return keys.map((key) => {
    const attempt = fleet.start(requestWith(key), excluded);
    fleet.settle(attempt);
    return attempt.endpoint;
  });
}

function drawKeys(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.below(HASH_BELOW) * 2 + random.below(2));
}

const keepsKeys = law('a key stays where it is', 'keyed', (factory, seed) => {
  const fleet = new FakeFleet(factory, seed, EQUAL);
  const keys = drawKeys(fleet.random, KEYS);
  const first = placed(fleet, keys);
  const moved = placed(fleet, keys).findIndex((endpoint, i) => endpoint !== first[i]);
  must(moved < 0, `key ${keys[moved]} moved from ${first[moved]?.id}, though nothing had changed`);
});

const spreadsKeys = law('keys spread over equal endpoints', 'keyed', (factory, seed) => {
  const fleet = new FakeFleet(factory, seed, EQUAL);
  const owners = placed(fleet, drawKeys(fleet.random, 5 * KEYS));
  const shares = fleet.members.map((member) => owners.filter((owner) => owner === member).length);
  mustBeFair(shares, 'keys');
});

const movesOnlyTheExcluded = law(
  'leaving one out moves its keys, and only until it is back',
  'keyed',
  (factory, seed) => {
    const fleet = new FakeFleet(factory, seed, EQUAL);
    const keys = drawKeys(fleet.random, KEYS);
    const before = placed(fleet, keys);
    const out = oneOf(fleet.members, fleet.random) as FakeEndpoint;
    const during = placed(fleet, keys, [out]);
    const after = placed(fleet, keys);
    for (const [i, key] of keys.entries()) {
      const stayed = before[i] === out || during[i] === before[i];
      must(stayed, `key ${key} left ${before[i]?.id} when ${out.id} was left out`);
      must(after[i] === before[i], `key ${key} did not come back to ${before[i]?.id}`);
    }
  },
);

/** All laws. */
export const conformanceLaws: readonly Law[] = [
  picksCandidates,
  settlesAll,
  repeats,
  takesTheOnlyOne,
  starvesNone,
  welcomes,
  keepsKeys,
  spreadsKeys,
  movesOnlyTheExcluded,
];

/** The laws that bind a strategy, by whether it has a routing key. */
export function lawsFor({ key }: Pick<StrategyEntry, 'key'>): readonly Law[] {
  const other: LawScope = key === undefined ? 'keyed' : 'unkeyed';
  return conformanceLaws.filter(({ scope }) => scope !== other);
}
