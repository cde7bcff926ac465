/**
 * What the tests of strategies share: random scripts of what happens to a fleet, and chi-square.
 */

import { fc } from '@fast-check/vitest';
import { type Endpoint, type StrategyFactory, strategyNamed } from '../../src/index.ts';
import { type FakeEndpoint, FakeFleet } from '../../src/testing/index.ts';

/** Something that happens to a fleet; numbers are taken modulo what there is to choose from. */
export type FleetEvent =
  | { readonly kind: 'request'; readonly hash: number; readonly excluded: number }
  | { readonly kind: 'settle'; readonly which: number }
  | { readonly kind: 'reweigh'; readonly which: number; readonly weight: number }
  | { readonly kind: 'warm'; readonly which: number; readonly factor: number }
  | { readonly kind: 'flip'; readonly which: number }
  | { readonly kind: 'foreign'; readonly which: number; readonly attempts: number }
  | { readonly kind: 'add'; readonly weight: number }
  | { readonly kind: 'remove'; readonly which: number };

const which = fc.nat({ max: 1_000 });
const weight = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.double({ min: 0.1, max: 9, noNaN: true }),
);

const request = fc.record({
  kind: fc.constant('request' as const),
  hash: fc.nat({ max: 2 ** 31 - 1 }),
  /** A bit per candidate. */
  excluded: fc.oneof(fc.constant(0), fc.nat({ max: 1_023 })),
});
const settle = fc.record({ kind: fc.constant('settle' as const), which });

/** Mostly requests and their ends; sometimes anything that can happen to membership and health. */
export const fleetEvents: fc.Arbitrary<FleetEvent[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: request },
    { weight: 7, arbitrary: settle },
    fc.record({ kind: fc.constant('reweigh' as const), which, weight }),
    fc.record({
      kind: fc.constant('warm' as const),
      which,
      factor: fc.oneof(fc.constant(1), fc.double({ min: 0.1, max: 1, noNaN: true })),
    }),
    fc.record({ kind: fc.constant('flip' as const), which }),
    fc.record({ kind: fc.constant('foreign' as const), which, attempts: fc.nat({ max: 3 }) }),
    fc.record({ kind: fc.constant('add' as const), weight }),
    fc.record({ kind: fc.constant('remove' as const), which }),
  ),
  { maxLength: 150, size: 'max' },
);

/** Weights of a fleet. */
export const someWeights: fc.Arbitrary<number[]> = fc.array(weight, { minLength: 1, maxLength: 8 });

/** A pick, as a law sees it: figures are those of just before. */
export interface Pick {
  readonly picked: FakeEndpoint;
  readonly candidates: readonly FakeEndpoint[];
  readonly inFlight: ReadonlyMap<FakeEndpoint, number>;
}

/** Lets the events happen to a fleet, and shows each pick to `law`. */
export function play(
  fleet: FakeFleet,
  events: readonly FleetEvent[],
  law: (pick: Pick) => void,
): void {
  const foreign = new Map<FakeEndpoint, number>();
  for (const event of events) {
    if (event.kind === 'request') {
      const excluded = someOf(fleet.ready, event.excluded);
      const candidates = fleet.ready.filter((endpoint) => !excluded.includes(endpoint));
      const inFlight = new Map(fleet.members.map((member) => [member, member.inFlight]));
      const { endpoint } = fleet.start({ hash: event.hash, idempotent: true }, excluded);
      law({ picked: endpoint, candidates, inFlight });
      continue;
    }
    if (event.kind === 'settle') {
      const attempt = fleet.running[event.which % Math.max(1, fleet.running.length)];
      if (attempt !== undefined) fleet.settle(attempt);
      continue;
    }
    if (event.kind === 'add') {
      if (fleet.members.length < 10) fleet.add(event.weight);
      continue;
    }
    const member = fleet.members[event.which % fleet.members.length]!;
    const isLastReady = fleet.ready.every((other) => other === member);
    if (event.kind === 'reweigh') fleet.reweigh(member, event.weight);
    else if (event.kind === 'warm') member.factor = event.factor;
    else if (event.kind === 'flip') member.ready = !member.ready || isLastReady;
    else if (event.kind === 'foreign') {
      // Attempts of another worker: counted in flight, but never told to this strategy.
      member.inFlight += event.attempts - (foreign.get(member) ?? 0);
      foreign.set(member, event.attempts);
    } else if (!isLastReady) {
      member.inFlight -= foreign.get(member) ?? 0;
      foreign.delete(member);
      fleet.remove(member);
    }
  }
}

function someOf(ready: readonly FakeEndpoint[], bits: number): FakeEndpoint[] {
  const chosen = ready.filter((_, i) => ((bits >> i) & 1) === 1);
  return chosen.length < ready.length ? chosen : chosen.slice(1);
}

/** A fleet driven by a strategy of the registry. */
export function fleetOf(name: string, weights: readonly number[], seed = 1): FakeFleet {
  return new FakeFleet(strategyNamed(name).create(), seed, weights);
}

/** A fleet driven by this factory. */
export function fleetBy(factory: StrategyFactory, weights: readonly number[], seed = 1): FakeFleet {
  return new FakeFleet(factory, seed, weights);
}

/** Where `count` requests go if each has ended before the next comes; as ids. */
export function oneByOne(
  fleet: FakeFleet,
  count: number,
  excluded: readonly Endpoint[] = [],
): string[] {
  return Array.from({ length: count }, (_, hash) => {
    const attempt = fleet.start({ hash, idempotent: true }, excluded);
    fleet.settle(attempt);
    return attempt.endpoint.id;
  });
}

/** How often each of `ids` occurs. */
export function countOf(picks: readonly string[], ids: readonly string[]): number[] {
  return ids.map((id) => picks.filter((pick) => pick === id).length);
}

/** Pearson's statistic, Σ (observed − expected)² / expected. */
export function chiSquare(observed: readonly number[], expected: readonly number[]): number {
  return observed.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

/** What chi-square exceeds once in a thousand times by chance (Wilson and Hilferty 1931). */
export function chiSquareLimit(degreesOfFreedom: number): number {
  const spread = 2 / (9 * degreesOfFreedom);
  return degreesOfFreedom * (1 - spread + 3.09 * Math.sqrt(spread)) ** 3;
}
