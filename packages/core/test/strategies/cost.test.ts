/** What a pick costs, counted in endpoints that it looks at: no clock, so true on every machine. */

import { describe, expect, test } from 'vitest';
import { type Endpoint, hash32, seededRandom, strategyNamed } from '../../src/index.ts';
import { ManualClock, requestWith } from '../../src/testing/index.ts';

const MEMBERS = 1_000;
const PICKS = 2_000;

/** An endpoint that tells when it is looked at. */
class Watched implements Endpoint {
  readonly id: string;
  readonly slot: number;
  readonly weight: number;
  running = 0;
  readonly #onLook: (endpoint: Watched) => void;

  constructor(slot: number, weight: number, onLook: (endpoint: Watched) => void) {
    this.id = `e${slot}`;
    this.slot = slot;
    this.weight = weight;
    this.#onLook = onLook;
  }

  get eligible(): boolean {
    this.#onLook(this);
    return true;
  }

  get inFlight(): number {
    this.#onLook(this);
    return this.running;
  }

  get effectiveWeight(): number {
    this.#onLook(this);
    return this.weight;
  }
}

/**
 * A thousand endpoints before a strategy, and a pick that tells what it looked at, and how often.
 */
function watchedFleet(name: string, weightOf: (slot: number) => number = () => 1) {
  const seen = new Set<Watched>();
  let looks = 0;
  const members = Array.from({ length: MEMBERS }, (_, slot) => {
    return new Watched(slot, weightOf(slot), (endpoint) => {
      seen.add(endpoint);
      looks += 1;
    });
  });
  const environment = { clock: new ManualClock(), random: seededRandom(1) };
  const strategy = strategyNamed(name).create()(environment);
  strategy.prepare?.(members);
  const pick = (key: number): { endpoints: number; looks: number } => {
    seen.clear();
    looks = 0;
    strategy.pick(members, requestWith(hash32(`key ${key}`)));
    return { endpoints: seen.size, looks };
  };
  return { members, strategy, pick };
}

function watchedPicks(name: string, weightOf?: (slot: number) => number) {
  const { pick } = watchedFleet(name, weightOf);
  return Array.from({ length: PICKS }, (_, key) => pick(key));
}

describe('of a thousand equal ones', () => {
  test.each([
    ['round-robin', 1],
    ['random', 0],
    ['weighted-random', 1],
    ['power-of-two', 2],
    ['peak-ewma', 2],
    ['ring-hash', 1],
    ['maglev', 1],
  ])('%s looks at %i', (name, most) => {
    for (const { endpoints } of watchedPicks(name)) expect(endpoints).toBeLessThanOrEqual(most);
  });

  test('ip-hash looks at those that take the lead: ln n of n', () => {
    const looks = watchedPicks('ip-hash').map(({ endpoints }) => endpoints);
    const mean = looks.reduce((a, b) => a + b, 0) / PICKS;
    expect(mean).toBeLessThan(1.5 * Math.log(MEMBERS));
  });
});

test('weighted-random goes through all at most twice where one outweighs all others', () => {
  const picks = watchedPicks('weighted-random', (slot) => (slot === 0 ? 1e9 : 1));
  expect(Math.max(...picks.map(({ looks }) => looks))).toBeLessThanOrEqual(8 + 2 * MEMBERS);
});

test('least-connections-indexed looks only where a lesser load may be, whichever others are at work', () => {
  const { members, strategy, pick } = watchedFleet('least-connections-indexed');
  for (const member of members) {
    // One attempt of another worker everywhere, so that no bound is exact.
    member.running = member.slot < 10 ? 1 : 6;
    for (let own = 1; own < member.running; own++) strategy.started?.(member);
  }
  expect(pick(1).endpoints).toBeLessThanOrEqual(10);
});
