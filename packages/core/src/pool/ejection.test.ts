/** Ejections in the pool: which are allowed, how long each lasts, and which are taken back. */

import { expect, test } from 'vitest';
import { cyclic } from '../../test/support/fixtures.ts';
import { consecutiveFailures } from '../health/outlier.ts';
import type { PoolEvent } from '../pool.ts';
import { seededRandom } from '../random.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EndpointPool } from './endpoint-pool.ts';

const BASE_MS = 1000;

/** A pool of these, where up to three quarters may be out, and what happened in it. */
function pool(...ids: readonly string[]) {
  const clock = new ManualClock();
  const events: PoolEvent[] = [];
  const p = new EndpointPool({
    clock,
    random: seededRandom(1),
    strategy: cyclic(),
    ejection: { baseMs: BASE_MS, maxPercent: 75 },
    observer: { event: (event) => void events.push(event) },
  });
  p.update(ids.map((id) => ({ id })));
  const eject = (id: string): boolean => p.eject(p.member(id)!, 'test');
  const out = (): string[] => p.members.filter((m) => m.state === 'ejected').map((m) => m.id);
  return { p, clock, events, eject, out };
}

test('says whether it happened: not to one that is out, down or gone, above the cap, or the last', () => {
  const { p, eject, out } = pool('a', 'b', 'c', 'd', 'e');
  expect([eject('a'), eject('a')]).toEqual([true, false]);
  p.setHealth(p.member('b')!, 'down', 'test');
  expect(eject('b')).toBe(false);
  // Three of five are 60 %; a fourth would be 80 %.
  expect([eject('c'), eject('d'), eject('e')]).toEqual([true, true, false]);
  const gone = p.member('e')!;
  p.update(['a', 'b', 'c', 'd', 'f', 'g', 'h'].map((id) => ({ id })));
  expect(p.eject(gone, 'test')).toBe(false);
  expect(out()).toEqual(['a', 'c', 'd']);
  const two = pool('a', 'b', 'c', 'd');
  for (const id of ['a', 'b']) two.p.setHealth(two.p.member(id)!, 'down', 'test');
  expect([two.eject('c'), two.eject('d')]).toEqual([true, false]);
});

test('those that end at the same moment are all back before a request is sent to one of them', () => {
  const { p, clock, eject, out } = pool('a', 'b', 'c', 'd');
  for (const id of ['a', 'b']) eject(id);
  const seen: string[][] = [];
  p.listen({ attemptEnded: () => {}, readyChanged: () => void seen.push(out()) });
  clock.advance(BASE_MS);
  expect(seen).toEqual([[]]);
});

test('each ends at its own time, and is told', () => {
  const { p, clock, eject, out, events } = pool('a', 'b', 'c', 'd');
  eject('a');
  clock.advance(BASE_MS);
  eject('a');
  eject('b');
  clock.advance(BASE_MS - 1);
  expect(out()).toEqual(['a', 'b']);
  clock.advance(1);
  expect(out()).toEqual(['a']);
  clock.advance(BASE_MS - 1);
  expect(out()).toEqual(['a']);
  clock.advance(1);
  expect(out()).toEqual([]);
  expect(events.at(-1)).toMatchObject({ endpoint: 'a', to: 'ready', reason: 'ejection over' });
  eject('a');
  p.close();
  expect(clock.pending).toBe(0);
});

test('one ended early by a probe is good conduct from then on', () => {
  const { p, clock, eject, out } = pool('a', 'b');
  eject('a');
  p.checked(p.member('a')!, { ok: true, startedMs: clock.now(), rise: 1 }, 'probe passed');
  expect(out()).toEqual([]);
  clock.advance(BASE_MS);
  eject('a');
  clock.advance(BASE_MS);
  expect(out()).toEqual([]);
});

test('those of endpoints that have left count no longer, nor against the next in their slots', () => {
  const { p, clock, eject, out } = pool('a', 'b', 'c', 'd');
  for (const id of ['a', 'b', 'c']) eject(id);
  p.update([{ id: 'd' }]);
  p.update(['d', 'e', 'f', 'g'].map((id) => ({ id })));
  expect(clock.pending).toBe(0);
  expect([eject('e'), eject('f'), eject('g')]).toEqual([true, true, true]);
  clock.advance(BASE_MS);
  expect(out()).toEqual([]);
});

test('a fleet that shrinks takes back those above the cap, though another is ready', () => {
  const { p, events, eject, out } = pool('a', 'b', 'c', 'd', 'e', 'f');
  for (const id of ['a', 'b', 'c', 'd']) eject(id);
  p.update(['a', 'b', 'c', 'd', 'e'].map((id) => ({ id })));
  expect(out()).toEqual(['b', 'c', 'd']);
  expect(events.at(-1)).toMatchObject({ endpoint: 'a', to: 'ready', reason: 'too few are left' });
});

test('one that is down as well is not brought back when the others go', () => {
  const { p, eject } = pool('a', 'b');
  eject('a');
  for (const id of ['a', 'b']) p.setHealth(p.member(id)!, 'down', 'test');
  expect(p.members.map((m) => m.state)).toEqual(['down', 'down']);
  expect(p.start({ hash: 0, idempotent: true }, [])).toBe('none');
});

test('a failure that the client may have caused neither begins a run of failures nor ends one', () => {
  const p = new EndpointPool({
    clock: new ManualClock(),
    random: seededRandom(1),
    strategy: cyclic(),
    detector: consecutiveFailures(3),
  });
  p.update([{ id: 'a' }, { id: 'b' }]);
  const failure = { kind: 'failed', cause: 'reset', requestSent: true, replayable: true } as const;
  const fail = (isNeutral: boolean): void => {
    const attempt = p.startAt(p.member('a')!);
    if (typeof attempt !== 'string') attempt.settle({ ...failure, isNeutral, latencyMs: 1 });
  };
  for (let i = 0; i < 10; i++) fail(true);
  expect([p.member('a')!.state, p.member('a')!.failures]).toEqual(['ready', 0]);
  for (const isNeutral of [false, true, false, true, false]) fail(isNeutral);
  expect(p.member('a')!.state).toBe('ejected');
});
