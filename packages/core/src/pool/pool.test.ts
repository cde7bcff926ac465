import { describe, expect, test } from 'vitest';
import { cyclic, failed, OK } from '../../test/support/fixtures.ts';
import type { Attempt } from '../attempt.ts';
import { consecutiveFailures, maxFails } from '../health/outlier.ts';
import { panicBelow } from '../health/panic.ts';
import { slowStart } from '../health/slow-start.ts';
import type { EndpointSpec, Member, PoolEvent } from '../pool.ts';
import { seededRandom } from '../random.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EndpointPool } from './endpoint-pool.ts';
import type { PoolOptions } from './options.ts';

const REQUEST = { hash: 0, idempotent: true };

function specs(...ids: string[]): EndpointSpec[] {
  return ids.map((id) => ({ id }));
}

function pool(over: Partial<PoolOptions> = {}): { pool: EndpointPool; clock: ManualClock } {
  const clock = new ManualClock();
  const made = new EndpointPool({ clock, random: seededRandom(1), strategy: cyclic(), ...over });
  return { pool: made, clock };
}

function started(from: EndpointPool): Attempt {
  const attempt = from.start(REQUEST, []);
  if (typeof attempt === 'string') throw new Error(`no attempt: ${attempt}`);
  return attempt;
}

describe('membership', () => {
  test('survivors keep what they have in flight, their health and their slot', () => {
    const { pool: p } = pool();
    p.update(specs('a', 'b'));
    const attempt = started(p);
    p.setHealth(p.member('b')!, 'down', 'test');
    const slots = [p.member('a')!.slot, p.member('b')!.slot];
    p.update([{ id: 'b', weight: 3 }, { id: 'c' }, { id: 'a' }]);
    expect(p.members.map((m) => m.id)).toEqual(['b', 'c', 'a']);
    expect([p.member('a')!.slot, p.member('b')!.slot]).toEqual(slots);
    expect(p.member('a')!.inFlight).toBe(1);
    expect(p.member('b')).toMatchObject({ state: 'down', weight: 3 });
    attempt.settle(OK);
    expect(p.member('a')!.inFlight).toBe(0);
  });

  test('a slot is not given away while its last attempt runs', () => {
    const { pool: p } = pool();
    p.update(specs('a'));
    const attempt = started(p);
    p.update(specs('b'));
    expect(p.member('b')!.slot).not.toBe(attempt.endpoint.slot);
    expect(p.inFlight).toBe(1);
    attempt.settle(OK);
    p.update(specs('b', 'c'));
    expect(p.member('c')!.slot).toBe(attempt.endpoint.slot);
    expect(p.member('c')!.requests).toBe(0);
  });

  test('an endpoint whose address changes is a new one', () => {
    const { pool: p } = pool();
    p.update([{ id: 'a', address: 'x' }]);
    p.setHealth(p.member('a')!, 'down', 'test');
    p.update([{ id: 'a', address: 'y' }]);
    expect(p.member('a')!.state).toBe('ready');
  });

  test.each([
    [[{ id: 'a' }, { id: 'a' }], 'endpoint id a is given twice'],
    [[{ id: 'a', weight: 0 }], 'endpoint a: weight must be a number above 0, got 0'],
    [[{ id: 'a', priority: -1 }], 'endpoint a: priority must be an integer ≥ 0, got -1'],
    [[{ id: 'a', maxConnections: 1.5 }], 'maxConnections must be an integer ≥ 0, got 1.5'],
    [[{ id: '' }], 'endpoint id must not be empty'],
  ])('a bad membership is refused whole: %j', (bad, message) => {
    const { pool: p } = pool();
    p.update(specs('kept'));
    expect(() => p.update(bad)).toThrow(message);
    expect(p.members.map((m) => m.id)).toEqual(['kept']);
  });
});

describe('which may be asked', () => {
  test('checking endpoints get traffic only while none is ready', () => {
    const { pool: p } = pool({ isProbed: true });
    p.update(specs('a', 'b'));
    expect(p.ready.map((m) => m.id)).toEqual(['a', 'b']);
    p.setHealth(p.member('a')!, 'up', 'test');
    expect(p.ready.map((m) => m.id)).toEqual(['a']);
    p.setHealth(p.member('a')!, 'down', 'test');
    expect(p.ready.map((m) => m.id)).toEqual(['b']);
    p.setHealth(p.member('b')!, 'down', 'test');
    expect(p.start(REQUEST, [])).toBe('none');
  });

  test('backups serve while no other is ready, and take what all others have failed', () => {
    const { pool: p } = pool();
    p.update([{ id: 'a' }, { id: 'spare', backup: true }]);
    expect(p.ready.map((m) => m.id)).toEqual(['a']);
    const retry = p.start(REQUEST, [p.member('a')!]) as Attempt;
    expect(retry.endpoint.id).toBe('spare');
    p.setHealth(p.member('a')!, 'down', 'test');
    expect(started(p).endpoint.id).toBe('spare');
  });

  test('the same endpoint is asked again only when all have been tried', () => {
    const { pool: p } = pool();
    p.update(specs('a', 'b'));
    const [a, b] = p.members as [never, never];
    for (let i = 0; i < 4; i++) expect((p.start(REQUEST, [a]) as Attempt).endpoint.id).toBe('b');
    expect(p.start(REQUEST, [a, b])).toBeTypeOf('object');
  });

  test('full endpoints are passed over, and a wholly full pool says so', () => {
    const { pool: p } = pool();
    p.update([
      { id: 'a', maxConnections: 1 },
      { id: 'b', maxConnections: 2 },
    ]);
    const ids = [started(p), started(p), started(p)].map((attempt) => attempt.endpoint.id);
    expect(ids.sort()).toEqual(['a', 'b', 'b']);
    expect(p.start(REQUEST, [])).toBe('full');
  });

  test('a full primary does not wake a backup', () => {
    const { pool: p } = pool();
    p.update([
      { id: 'a', maxConnections: 1 },
      { id: 'spare', backup: true },
    ]);
    started(p);
    expect(p.start(REQUEST, [])).toBe('full');
  });

  test('in a panic the ejected are asked, the dead never', () => {
    const detector = consecutiveFailures(1);
    const { pool: p } = pool({ detector, panic: panicBelow(60), ejection: { maxPercent: 100 } });
    p.update(specs('a', 'b', 'dead', 'out'));
    p.setHealth(p.member('dead')!, 'down', 'test');
    p.setAdminState('out', 'maintenance');
    const first = started(p);
    first.settle(failed());
    expect(first.endpoint).toMatchObject({ state: 'ejected' });
    expect(p.ready.map((m) => m.id).sort()).toEqual(['a', 'b']);
  });

  test('a draining endpoint keeps its own sessions, and loses them when it fails', () => {
    const { pool: p } = pool();
    p.update(specs('a', 'b'));
    p.setAdminState('a', 'drain');
    const session = { ...REQUEST, affinity: 'a' };
    const startedAt = (tried: readonly Member[] = []): string =>
      (p.start(session, tried) as Attempt).endpoint.id;
    expect([1, 2, 3].map(() => started(p).endpoint.id)).toEqual(['b', 'b', 'b']);
    expect([startedAt(), startedAt([p.member('a')!])]).toEqual(['a', 'b']);
    p.setHealth(p.member('a')!, 'down', 'test');
    expect(startedAt()).toBe('b');
    p.setHealth(p.member('a')!, 'up', 'test');
    p.setAdminState('a', 'maintenance');
    expect(startedAt()).toBe('b');
  });

  test('a strategy that picks no candidate is found out before anything is sent', () => {
    const { pool: p } = pool();
    p.update(specs('a', 'b'));
    p.setHealth(p.member('a')!, 'down', 'test');
    const dead = p.member('a')!;
    p.setStrategy({ pick: () => dead });
    expect(p.start(REQUEST, [])).toBe('error');
    expect(p.inFlight).toBe(0);
  });
});

describe('attempts', () => {
  test('settling twice throws and counts once', () => {
    const { pool: p } = pool();
    p.update(specs('a'));
    const attempt = started(p);
    attempt.settle(failed());
    expect(() => attempt.settle(OK)).toThrow('attempt at a was settled twice');
    expect(p.member('a')).toMatchObject({ inFlight: 0, requests: 1, failures: 1 });
  });

  test('the strategy that was told of a start is told of the end, even after a change', () => {
    const { pool: p } = pool();
    const heard: string[] = [];
    p.setStrategy({ ...cyclic(), settled: () => heard.push('old') });
    p.update(specs('a'));
    const attempt = started(p);
    p.setStrategy({ ...cyclic(), settled: () => heard.push('new') });
    attempt.settle(OK);
    expect(heard).toEqual(['old']);
  });
});

describe('ejection', () => {
  test('grows with each ejection, and good conduct is remembered', () => {
    const detector = consecutiveFailures(1);
    const { pool: p, clock } = pool({ detector, ejection: { baseMs: 100, maxMs: 250 } });
    p.update(specs('a', 'b'));
    const a = p.member('a')!;
    const failOnce = (): void => (p.startAt(a) as Attempt).settle(failed());
    const outMs = (): number => {
      const beganMs = clock.now();
      while (a.state === 'ejected') clock.advance(10);
      return clock.now() - beganMs;
    };
    const spells: number[] = [];
    for (let i = 0; i < 3; i++) {
      failOnce();
      spells.push(outMs());
    }
    expect(spells).toEqual([100, 200, 250]);
    clock.advance(300);
    failOnce();
    expect(outMs()).toBe(100);
    p.close();
    expect(clock.pending).toBe(0);
  });

  test('never more than the permitted share, and one stays even at 100 %', () => {
    const detector = consecutiveFailures(1);
    for (const [maxPercent, out] of [
      [50, 2],
      [100, 4],
      [0, 0],
    ] as const) {
      const { pool: p } = pool({ detector, ejection: { maxPercent } });
      p.update(specs('a', 'b', 'c', 'd', 'e'));
      let most = 0;
      for (let i = 0; i < 20; i++) {
        started(p).settle(failed());
        most = Math.max(most, p.members.filter((m) => m.state === 'ejected').length);
      }
      expect(most).toBe(out);
    }
  });

  test('a shrinking fleet takes the surplus back', () => {
    const { pool: p } = pool({ detector: consecutiveFailures(1) });
    p.update(specs('a', 'b', 'c', 'd'));
    started(p).settle(failed());
    started(p).settle(failed());
    expect(p.ready).toHaveLength(2);
    const out = p.members.filter((m) => m.state === 'ejected').map((m) => m.id);
    p.update(specs(...out));
    expect(p.members.filter((m) => m.state === 'ejected')).toHaveLength(1);
  });

  test('a passing probe ends it', () => {
    const { pool: p, clock } = pool({ detector: consecutiveFailures(1) });
    p.update(specs('a', 'b'));
    const attempt = started(p);
    attempt.settle(failed());
    p.checked(attempt.endpoint, { ok: true, startedMs: 0, rise: 1 }, 'probe passed');
    expect(attempt.endpoint).toMatchObject({ state: 'ready' });
    expect(clock.pending).toBe(0);
  });

  test('a client that leaves counts against no endpoint', () => {
    const { pool: p } = pool({ detector: consecutiveFailures(1) });
    p.update(specs('a', 'b'));
    for (let i = 0; i < 64; i++) started(p).settle({ kind: 'cancelled', latencyMs: 1 });
    expect(p.ready).toHaveLength(2);
    expect(p.members.every((m) => m.failures === 0)).toBe(true);
  });

  test('nginx’s max_fails: the 3rd, 6th and 9th failing of one server give 6 and 24 responses', () => {
    const ejection = { baseMs: 10_000, maxMs: 10_000 };
    const { pool: p } = pool({ detector: maxFails(3, 10_000), ejection });
    p.update(specs('one', 'two'));
    const responses = { one: 0, two: 0 };
    let attemptsAtOne = 0;
    for (let request = 0; request < 30; request++) {
      let attempt = started(p);
      if (attempt.endpoint.id === 'one') {
        attemptsAtOne += 1;
        if (attemptsAtOne % 3 === 0) {
          attempt.settle(failed());
          attempt = p.start(REQUEST, [attempt.endpoint]) as Attempt;
        }
      }
      attempt.settle(OK);
      responses[attempt.endpoint.id as 'one' | 'two'] += 1;
    }
    expect({ ...responses, attemptsAtOne }).toEqual({ one: 6, two: 24, attemptsAtOne: 9 });
  });
});

describe('slow start', () => {
  const factors = (followsEffectiveWeight: boolean): number[] => {
    const strategy = { ...cyclic(), followsEffectiveWeight };
    const { pool: p, clock } = pool({ strategy, slowStart: slowStart({ windowMs: 60_000 }) });
    p.update(specs('a', 'b'));
    p.setHealth(p.member('a')!, 'down', 'test');
    p.setHealth(p.member('a')!, 'up', 'test');
    return [6, 15, 30, 45, 60].map((second) => {
      clock.advance(second * 1000 - clock.now());
      let atA = 0;
      for (let i = 0; i < 2000; i++) {
        const attempt = started(p);
        if (attempt.endpoint.id === 'a') atA += 1;
        attempt.settle(OK);
      }
      return followsEffectiveWeight ? p.member('a')!.effectiveWeight : atA / 1000;
    });
  };

  test('effective weights climb along the ramp', () => {
    expect(factors(true)).toEqual([0.1, 0.25, 0.5, 0.75, 1]);
  });

  test('a strategy that ignores weights is kept from a warming endpoint in proportion', () => {
    const ramp = [0.1, 0.25, 0.5, 0.75, 1];
    for (const [i, share] of factors(false).entries()) {
      // Left out with probability 1 − f: of 1,000 turns it gets f, give or take.
      expect(Math.abs(share - ramp[i]!)).toBeLessThan(0.15);
    }
  });

  test('a warming endpoint keeps the sessions it has', () => {
    const { pool: p } = pool({ slowStart: slowStart() });
    p.update(specs('a'));
    p.update(specs('a', 'b'));
    let offered = 0;
    p.setStrategy({
      pick: (candidates) => {
        if (candidates.some((c) => c.id === 'b')) offered += 1;
        return candidates[0]!;
      },
    });
    for (let i = 0; i < 50; i++) p.start({ ...REQUEST, affinity: 'b' }, []);
    expect(offered).toBe(50);
  });

  test('there is none at the start of a proxy, and some for a late comer', () => {
    const { pool: p } = pool({ slowStart: slowStart() });
    p.update(specs('a'));
    p.update(specs('a', 'b'));
    expect(p.members.map((m) => m.effectiveWeight)).toEqual([1, 0.1]);
  });
});

describe('events', () => {
  test('are numbered without gaps, and say from, to and why', () => {
    const events: PoolEvent[] = [];
    const observer = { event: (event: PoolEvent) => events.push(event) };
    const { pool: p } = pool({ observer, isProbed: true });
    p.update(specs('a', 'b'));
    p.setHealth(p.member('a')!, 'up', 'probe passed');
    p.setHealth(p.member('a')!, 'up', 'probe passed');
    p.setAdminState('a', 'drain');
    p.update(specs('b'));
    expect(events.map((e) => e.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(events.map((e) => `${e.type} ${e.endpoint} ${e.from}>${e.to} ${e.reason}`)).toEqual([
      'added a undefined>undefined configuration',
      'added b undefined>undefined configuration',
      'state a checking>ready probe passed',
      'state a ready>drain operator',
      'removed a undefined>undefined configuration',
    ]);
  });

  test('an attempt knows the last event before it', () => {
    const { pool: p } = pool();
    p.update(specs('a', 'b'));
    expect(started(p).afterEvent).toBe(2);
    p.setHealth(p.member('a')!, 'down', 'test');
    expect(started(p).afterEvent).toBe(3);
  });
});
