/** Exercise 06: keys stay, spread, and move only when they have to. */

import { type Endpoint, seededRandom } from '@evenkeel/core';
import { type FakeEndpoint, FakeFleet, requestWith } from '@evenkeel/core/testing';
import {
  type Check,
  type CheckContext,
  CheckFailed,
  candidatesCheck,
  conformanceCheck,
  defineExercise,
  type ExerciseChecks,
} from '@evenkeel/course';

const KEYS = 400;
const EQUAL = [1, 1, 1, 1, 1];
const SHOWN = 8;

type Owners = readonly string[];

/** A fleet, and keys whose owners can be asked for while nothing else runs. */
class Keys {
  readonly fleet: FakeFleet;
  readonly keys: readonly number[];

  constructor({ remote, seed }: CheckContext, weights: readonly number[]) {
    this.fleet = new FakeFleet(remote.strategy, seed, weights);
    const random = seededRandom(seed);
    this.keys = Array.from({ length: KEYS }, () => random.below(2 ** 31) * 2 + random.below(2));
  }

  owners(excluded: readonly Endpoint[] = []): Owners {
    return this.keys.map((key) => {
      const attempt = this.fleet.start(requestWith(key), excluded);
      this.fleet.settle(attempt);
      return attempt.endpoint.id;
    });
  }

  member(index: number): FakeEndpoint {
    return this.fleet.members[index] as FakeEndpoint;
  }

  /** Keys whose move is not allowed, as lines. */
  moves(before: Owners, after: Owners, isAllowed: (from: string, to: string) => boolean): string[] {
    return this.keys.flatMap((key, i) => {
      const [from, to] = [before[i] ?? '', after[i] ?? ''];
      return from === to || isAllowed(from, to) ? [] : [`key ${key}: ${from} → ${to}`];
    });
  }
}

function failOn(moved: readonly string[], law: string, what: string): undefined {
  if (moved.length === 0) return undefined;
  const more = moved.length > SHOWN ? [`… and ${moved.length - SHOWN} more`] : [];
  const found = `${what}, and ${moved.length} of ${KEYS} keys moved that had no reason to`;
  throw new CheckFailed(law, found, [...moved.slice(0, SHOWN), ...more]);
}

const BUCKETS = 'keys of one bucket, equal modulo BUCKETS, have one owner';
const TWINS = 100;

function buckets(context: CheckContext): undefined {
  const count = context.numbers.buckets ?? 1;
  const { fleet, keys } = new Keys(context, EQUAL);
  const random = seededRandom(context.seed);
  const ownerOf = (key: number): string => {
    const attempt = fleet.start(requestWith(key));
    fleet.settle(attempt);
    return attempt.endpoint.id;
  };
  for (const key of keys.slice(0, TWINS)) {
    const twin = (key % count) + count * random.below(Math.floor(2 ** 32 / count));
    const owners = [ownerOf(key), ownerOf(twin)];
    if (owners[0] === owners[1]) continue;
    const found = `keys ${key} and ${twin} are both in bucket ${key % count} and belong to ${owners.join(' and ')}`;
    throw new CheckFailed(BUCKETS, found);
  }
  return undefined;
}

const SPILL = 'the keys of one that is out are spread over the others';

function spill(context: CheckContext): undefined {
  const keys = new Keys(context, EQUAL);
  const before = keys.owners();
  const left = keys.member(context.seed % EQUAL.length);
  const during = keys.owners([left]);
  const takers = during.filter((_, i) => before[i] === left.id);
  const counts = keys.fleet.members
    .filter((member) => member !== left)
    .map(({ id }) => ({ id, count: takers.filter((taker) => taker === id).length }));
  const most = Math.max(...counts.map(({ count }) => count));
  if (takers.length < 20 || most <= 0.6 * takers.length) return undefined;
  const told = counts.map(({ id, count }) => `${id} ${count}`).join(', ');
  throw new CheckFailed(
    SPILL,
    `of the ${takers.length} keys of ${left.id} the others got: ${told}`,
  );
}

const OUT = 'leaving one out moves its keys, and only until it is back';

function out(context: CheckContext): undefined {
  const keys = new Keys(context, EQUAL);
  const before = keys.owners();
  const left = keys.member(context.seed % EQUAL.length);
  const during = keys.owners([left]);
  const after = keys.owners();
  failOn(
    keys.moves(before, during, (from) => from === left.id),
    OUT,
    `${left.id} was left out`,
  );
  return failOn(
    keys.moves(before, after, () => false),
    OUT,
    `${left.id} was back`,
  );
}

const LEAVES = 'when one leaves for good, only its keys move';

function leaves(context: CheckContext): undefined {
  const keys = new Keys(context, EQUAL);
  const before = keys.owners();
  const gone = keys.member(context.seed % EQUAL.length);
  keys.fleet.remove(gone);
  const moved = keys.moves(before, keys.owners(), (from) => from === gone.id);
  return failOn(moved, LEAVES, `${gone.id} left`);
}

const JOINS = 'when one joins, keys move to it and to no other';

function joins(context: CheckContext): undefined {
  const keys = new Keys(context, EQUAL);
  keys.fleet.remove(keys.member(context.seed % EQUAL.length));
  const before = keys.owners();
  const newcomer = keys.fleet.add();
  const after = keys.owners();
  const moved = keys.moves(before, after, (_, to) => to === newcomer.id);
  failOn(moved, JOINS, `${newcomer.id} joined`);
  if (after.includes(newcomer.id)) return undefined;
  throw new CheckFailed(JOINS, `${newcomer.id} joined, and got none of ${KEYS} keys`);
}

function check(id: string, law: string, run: (context: CheckContext) => undefined): Check {
  return {
    id,
    law,
    run(context): undefined {
      for (let i = 0; i < 3; i++) run({ ...context, seed: (context.seed + i) >>> 0 });
      return undefined;
    },
  };
}

const checks: ExerciseChecks = defineExercise({
  numbers: { buckets: 16_384 },
  drawNumbers: (below) => ({ buckets: 8_192 + below(24_576) }),
  explainNumbers: (numbers) => [`BUCKETS = ${numbers.buckets}`],
  checks: [
    candidatesCheck(),
    conformanceCheck('stays', 'a key stays where it is'),
    conformanceCheck('spread', 'keys spread over equal endpoints'),
    check('buckets', BUCKETS, buckets),
    check('out', OUT, out),
    check('spill', SPILL, spill),
    check('leaves', LEAVES, leaves),
    check('joins', JOINS, joins),
  ],
});
export default checks;
