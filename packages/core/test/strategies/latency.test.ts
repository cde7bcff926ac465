/**
 * peak-ewma and least-response-time: what they learn, against a plain model, and that none starves.
 */

import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import {
  exponential,
  type Load,
  type Outcome,
  peakEwma,
  type Random,
  responseTime,
  seededRandom,
  strategyNamed,
} from '../../src/index.ts';
import { FakeEndpoint, type FakeFleet, ManualClock } from '../../src/testing/index.ts';
import { fleetOf } from './support.ts';

const BOTH = ['peak-ewma', 'least-response-time'];
const MEAN_MS = 20;

function failedAfter(latencyMs: number): Outcome {
  return { kind: 'failed', cause: 'reset', requestSent: true, replayable: true, latencyMs };
}

function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => count / total);
}

/** Exponential service, `slowdown` times as long at the first endpoint. */
function serve(fleet: FakeFleet, requests: number, gapMs: number, slowdown = 1): number[] {
  const service = exponential(MEAN_MS);
  return shares(
    fleet.serve(requests, gapMs, ({ id }) => {
      return service.sampleAt(fleet.random.next()) * (id === 'e0' ? slowdown : 1);
    }),
  );
}

describe.each(BOTH)('%s', (name) => {
  // From nearly idle (a request in 60 ms) to all five busy.
  test.prop([fc.nat({ max: 2 ** 31 }), fc.constantFrom(4.5, 8, 20, 60)], { numRuns: 25 })(
    'never starves: of 5 equal endpoints each gets 10 to 30 %',
    (seed, gapMs) => {
      for (const share of serve(fleetOf(name, [1, 1, 1, 1, 1], seed), 2_000, gapMs)) {
        expect(share).toBeGreaterThanOrEqual(0.1);
        expect(share).toBeLessThanOrEqual(0.3);
      }
    },
  );

  test.prop([fc.nat({ max: 2 ** 31 }), fc.constantFrom(4, 20)], { numRuns: 10 })(
    'spares an endpoint that is ten times slower, and takes it back when it has recovered',
    (seed, gapMs) => {
      const fleet = fleetOf(name, [1, 1, 1, 1], seed);
      serve(fleet, 500, gapMs, 10);
      expect(serve(fleet, 1_000, gapMs, 10)[0]).toBeLessThan(0.1);
      fleet.clock.advance(60_000);
      serve(fleet, 2_000, gapMs);
      expect(serve(fleet, 1_000, gapMs)[0]).toBeGreaterThan(0.1);
    },
  );

  test('leaves slow start to the pool', () => {
    expect(fleetOf(name, [1]).strategy.followsEffectiveWeight).not.toBe(true);
  });
});

/** What the two metrics have in common. */
describe.each([
  ['peakEwma', (clock: ManualClock) => peakEwma({ clock, random: seededRandom(1) })],
  ['responseTime', () => responseTime()],
])('%s', (_, make) => {
  function withEndpoints(count: number): { load: Load; at: FakeEndpoint[]; clock: ManualClock } {
    const clock = new ManualClock();
    const load = make(clock);
    const at = Array.from({ length: count }, (_, slot) => new FakeEndpoint(`e${slot}`, slot, 1));
    load.prepare?.(at);
    return { load, at, clock };
  }

  test('an endpoint without a sample counts as typical', () => {
    const { load, at } = withEndpoints(3);
    for (let i = 0; i < 100; i++) {
      load.firstByte?.(at[0]!, 10);
      load.firstByte?.(at[1]!, 60);
    }
    const unseen = load.of(at[2]!);
    expect(unseen).toBeGreaterThan(load.of(at[0]!));
    expect(unseen).toBeLessThan(load.of(at[1]!));
  });

  test('and as typical of now, however long the others have been heard', () => {
    const { load, at, clock } = withEndpoints(2);
    for (let i = 0; i < 20; i++) {
      clock.advance(3_000);
      load.firstByte?.(at[0]!, 10);
    }
    expect(load.of(at[1]!)).toBeCloseTo(load.of(at[0]!), 9);
  });

  test('before anything is known all are alike', () => {
    const { load, at } = withEndpoints(2);
    expect(load.of(at[0]!)).toBe(load.of(at[1]!));
  });

  test('load grows with the attempts that would be running, and shrinks with weight', () => {
    const { load, at } = withEndpoints(2);
    load.firstByte?.(at[0]!, 10);
    const idle = load.of(at[0]!);
    at[0]!.inFlight = 3;
    expect(load.of(at[0]!)).toBeCloseTo(4 * idle, 9);
    at[0]!.weight = 2;
    expect(load.of(at[0]!)).toBeCloseTo(2 * idle, 9);
    const unheard = load.of(at[1]!);
    at[1]!.inFlight = 3;
    expect(load.of(at[1]!)).toBeCloseTo(4 * unheard, 9);
  });

  test('an endpoint that takes over a slot inherits nothing; survivors keep what they have', () => {
    const { load, at } = withEndpoints(4);
    for (let i = 0; i < 50; i++) {
      for (const [slot, ms] of [10, 90, 90, 10].entries()) load.firstByte?.(at[slot]!, ms);
    }
    const kept = load.of(at[1]!) / load.of(at[0]!);
    const newcomer = new FakeEndpoint('new', 2, 1);
    load.prepare?.([at[1]!, at[0]!, newcomer]);
    expect(load.of(newcomer)).toBeLessThan(load.of(at[1]!) * 0.9);
    expect(load.of(at[1]!) / load.of(at[0]!)).toBeGreaterThan(0.9 * kept);
  });

  test('the last answers of an endpoint that has left do no harm', () => {
    const { load, at } = withEndpoints(3);
    for (const endpoint of at) load.firstByte?.(endpoint, 10);
    load.prepare?.([at[0]!]);
    load.firstByte?.(at[2]!, 10);
    load.settled?.(at[2]!, failedAfter(20));
    load.prepare?.([at[0]!, at[1]!]);
    expect(load.of(at[0]!)).toBe(load.of(at[1]!));
  });

  test('a failure that comes at once does not look fast', () => {
    const { load, at } = withEndpoints(2);
    for (let i = 0; i < 50; i++) {
      load.firstByte?.(at[0]!, 20);
      load.settled?.(at[0]!, { kind: 'ok', latencyMs: 20 });
      load.settled?.(at[1]!, failedAfter(0.1));
    }
    expect(load.of(at[1]!)).toBeGreaterThanOrEqual(load.of(at[0]!) * 0.999);
  });

  test('nor does one that answered at once before it failed', () => {
    const { load, at } = withEndpoints(3);
    for (let i = 0; i < 50; i++) {
      load.firstByte?.(at[0]!, 20);
      load.firstByte?.(at[1]!, 20);
    }
    load.firstByte?.(at[2]!, 20);
    const before = load.of(at[2]!) / load.of(at[0]!);
    load.settled?.(at[2]!, failedAfter(0.1));
    expect(load.of(at[2]!) / load.of(at[0]!)).toBeGreaterThanOrEqual(before * 0.999);
  });

  test('a timeout is learnt from', () => {
    const { load, at } = withEndpoints(2);
    for (let i = 0; i < 20; i++) {
      load.firstByte?.(at[0]!, 20);
      load.settled?.(at[1]!, failedAfter(2_000));
    }
    expect(load.of(at[1]!)).toBeGreaterThan(5 * load.of(at[0]!));
  });

  test('a failure counts for the time it took, like an answer', () => {
    const { load, at } = withEndpoints(3);
    for (let i = 0; i < 100; i++) {
      for (let k = 0; k < 4; k++) load.firstByte?.(at[0]!, 20);
      load.settled?.(at[1]!, failedAfter(60));
      load.firstByte?.(at[2]!, 60);
    }
    expect(load.of(at[1]!) / load.of(at[2]!)).toBeGreaterThan(0.9);
    expect(load.of(at[1]!) / load.of(at[2]!)).toBeLessThan(1.1);
    expect(load.of(at[1]!)).toBeGreaterThan(1.5 * load.of(at[0]!));
  });

  test('an answer whose client left teaches nothing', () => {
    const { load, at } = withEndpoints(2);
    load.firstByte?.(at[0]!, 20);
    const before = load.of(at[0]!);
    load.settled?.(at[0]!, { kind: 'cancelled', latencyMs: 9_000 });
    load.settled?.(at[0]!, { kind: 'ok', latencyMs: 9_000 });
    expect(load.of(at[0]!)).toBe(before);
  });

  const junk = fc.oneof(
    fc.double(),
    fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.MAX_VALUE, 1e-320),
  );

  test.prop([fc.array(fc.record({ junk, slot: fc.nat(2), fails: fc.boolean(), ms: fc.nat(1e9) }))])(
    'whatever is reported, loads stay numbers above 0',
    (reports) => {
      const { load, at, clock } = withEndpoints(3);
      for (const report of reports) {
        clock.advance(report.ms);
        const endpoint = at[report.slot]!;
        if (report.fails) load.settled?.(endpoint, failedAfter(report.junk));
        else load.firstByte?.(endpoint, report.junk);
        for (const each of at) {
          expect(load.of(each)).toBeGreaterThanOrEqual(0);
          expect(load.of(each)).toBeLessThan(Number.POSITIVE_INFINITY);
        }
      }
    },
  );
});

describe('peakEwma', () => {
  const sample = fc.record({
    waitMs: fc.oneof(fc.double({ min: 0, max: 5_000, noNaN: true }), fc.constantFrom(0, 700_000)),
    slot: fc.nat(2),
    tookMs: fc.double({ min: 0.001, max: 10_000, noNaN: true }),
  });

  test.prop([fc.array(sample, { minLength: 1, maxLength: 60 }), fc.constantFrom(100, 10_000)])(
    'is the average by its definition: up at once, down by e^(−t / decay)',
    (samples, decayMs) => {
      const clock = new ManualClock();
      const load = peakEwma({ clock, random: seededRandom(1) }, { decayMs });
      const at = [0, 1, 2].map((slot) => new FakeEndpoint(`e${slot}`, slot, 1));
      // Idle ones that are like the others count as typical.
      for (const endpoint of at) endpoint.inFlight = 1;
      load.prepare?.(at);
      const model: ({ cost: number; atMs: number } | undefined)[] = [];
      for (const { waitMs, slot, tookMs } of samples) {
        clock.advance(waitMs);
        load.firstByte?.(at[slot]!, tookMs);
        const old = model[slot];
        const w = old === undefined ? 0 : Math.exp((old.atMs - clock.now()) / decayMs);
        const blend = (old?.cost ?? 0) * w + tookMs * (1 - w);
        const cost = tookMs >= (old?.cost ?? 0) ? tookMs : blend;
        model[slot] = { cost, atMs: clock.now() };
      }
      // Loads have no unit: what counts is their ratio.
      const last = samples.at(-1)!.slot;
      for (const [slot, known] of model.entries()) {
        if (known === undefined) continue;
        const presentMs = known.cost * Math.exp((known.atMs - clock.now()) / decayMs);
        if (presentMs < 1e-9) continue;
        const ratio = load.of(at[slot]!) / load.of(at[last]!);
        expect(Math.abs(ratio / (presentMs / model[last]!.cost) - 1)).toBeLessThan(1e-6);
      }
    },
  );

  test('a peak is believed at once', () => {
    const clock = new ManualClock();
    const load = peakEwma({ clock, random: seededRandom(1) });
    const at = [0, 1].map((slot) => new FakeEndpoint(`e${slot}`, slot, 1));
    load.prepare?.(at);
    for (let i = 0; i < 100; i++) load.firstByte?.(at[0]!, 10);
    load.firstByte?.(at[0]!, 500);
    load.firstByte?.(at[1]!, 500);
    expect(load.of(at[0]!)).toBe(load.of(at[1]!));
  });

  test('after a failure a slow endpoint does not get its chance sooner', () => {
    const clock = new ManualClock();
    const load = peakEwma({ clock, random: seededRandom(1) });
    const at = [0, 1].map((slot) => new FakeEndpoint(`e${slot}`, slot, 1));
    load.prepare?.(at);
    load.firstByte?.(at[0]!, 100);
    load.firstByte?.(at[1]!, 100);
    clock.advance(20_000);
    load.settled?.(at[1]!, failedAfter(1));
    load.firstByte?.(at[0]!, 100);
    expect(load.of(at[1]!)).toBeCloseTo(load.of(at[0]!), 6);
  });
});

describe('responseTime', () => {
  test('is a mean: one slow answer among many like the rest makes no endpoint slow', () => {
    const load = responseTime();
    const at = [0, 1].map((slot) => new FakeEndpoint(`e${slot}`, slot, 1));
    load.prepare?.(at);
    for (let i = 0; i < 100; i++) for (const endpoint of at) load.firstByte?.(endpoint, 20);
    load.firstByte?.(at[0]!, 200);
    expect(load.of(at[0]!)).toBe(load.of(at[1]!));
  });

  test('a difference below a half is taken for noise, a greater one is not', () => {
    const load = responseTime();
    const at = [0, 1, 2, 3].map((slot) => new FakeEndpoint(`e${slot}`, slot, 1));
    load.prepare?.(at);
    for (let i = 0; i < 300; i++) {
      for (const [slot, ms] of [15, 20, 27, 60].entries()) load.firstByte?.(at[slot]!, ms);
      // As many fast ones, so that 20 ms stay typical.
      for (let k = 0; k < 20; k++) load.firstByte?.(at[1]!, 20);
    }
    expect(load.of(at[0]!)).toBe(load.of(at[2]!));
    expect(load.of(at[3]!)).toBeGreaterThan(2 * load.of(at[0]!));
  });

  test('one that is avoided is taken for typical again in the end', () => {
    const load = responseTime();
    const at = [0, 1].map((slot) => new FakeEndpoint(`e${slot}`, slot, 1));
    load.prepare?.(at);
    for (let i = 0; i < 30; i++) load.firstByte?.(at[0]!, 200);
    for (let i = 0; i < 300; i++) load.firstByte?.(at[1]!, 20);
    expect(load.of(at[0]!)).toBeGreaterThan(load.of(at[1]!));
    for (let i = 0; i < 3_000; i++) load.firstByte?.(at[1]!, 20);
    expect(load.of(at[0]!)).toBe(load.of(at[1]!));
  });
});

describe('under light traffic', () => {
  const NAMES = ['peak-ewma', 'least-response-time'];
  const REQUESTS = 80;

  /** Requests one after another. @returns the share of the first of two endpoints */
  function shareOfFirst(name: string, seed: number, tookMs: (slot: number, n: number) => number) {
    const clock = new ManualClock();
    const strategy = strategyNamed(name).create()({ clock, random: seededRandom(seed) });
    const at = [0, 1].map((slot) => new FakeEndpoint(`e${slot}`, slot, 1));
    strategy.prepare?.(at);
    let first = 0;
    for (let n = 0; n < REQUESTS; n++) {
      clock.advance(20);
      const chosen = strategy.pick(at, { hash: 0, idempotent: true });
      const latencyMs = tookMs(chosen.slot, n);
      strategy.started?.(chosen);
      strategy.firstByte?.(chosen, latencyMs);
      strategy.settled?.(chosen, { kind: 'ok', latencyMs });
      if (chosen === at[0]) first += 1;
    }
    return first / REQUESTS;
  }

  const noise: Readonly<Record<string, (random: Random) => (n: number) => number>> = {
    'answers alike': () => () => 2,
    'a slow first answer': () => (n) => (n === 0 ? 40 : 1),
    'exponential answers': (random) => () => exponential(5).sampleAt(random.next()),
    'now and then a pause': (random) => () => (random.next() < 0.05 ? 60 : 1 + random.next()),
  };

  describe.each(NAMES)('%s', (name) => {
    test.each(Object.keys(noise))('gives two equal endpoints like shares: %s', (kind) => {
      const shares = Array.from({ length: 60 }, (_, seed) => {
        const draw = noise[kind]!(seededRandom(1000 + seed));
        return shareOfFirst(name, seed, (_slot, n) => draw(n));
      });
      const mean = shares.reduce((a, b) => a + b, 0) / shares.length;
      expect(mean).toBeGreaterThan(0.43);
      expect(mean).toBeLessThan(0.57);
      // None is starved: a fair coin is below a quarter once in a hundred thousand runs of 80.
      const starved = shares.filter((share) => share < 0.25 || share > 0.75);
      expect(starved.length).toBeLessThanOrEqual(6);
    });

    test('still avoids an endpoint that is five times slower, after a few answers', () => {
      const shares = Array.from({ length: 60 }, (_, seed) => {
        const random = seededRandom(2000 + seed);
        return shareOfFirst(name, seed, (slot) =>
          exponential(slot === 0 ? 50 : 10).sampleAt(random.next()),
        );
      });
      expect(shares.reduce((a, b) => a + b, 0) / shares.length).toBeLessThan(0.35);
    });
  });
});
