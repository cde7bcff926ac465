import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { failed, RecordedExchange } from '../../test/support/fixtures.ts';
import { watched } from '../../test/support/probed-fleet.ts';
import { seededRandom } from '../random.ts';

describe('active checks', () => {
  test('the first probe decides, and comes at once', () => {
    const w = watched(['a', 'b']);
    w.fleet.answers.set('b', { ok: false, refused: true });
    expect([w.state('a'), w.state('b')]).toEqual(['checking', 'checking']);
    w.clock.advance(20);
    expect([w.state('a'), w.state('b')]).toEqual(['ready', 'down']);
  });

  test('probes of a fleet are spread over the interval', () => {
    const ids = Array.from({ length: 50 }, (_, i) => `e${i}`);
    const w = watched(ids);
    w.clock.advance(60_000);
    const late = w.fleet.probes.filter((p) => p.atMs > 50_000).map((p) => Math.floor(p.atMs / 500));
    const busiest = Math.max(...late.map((slice) => late.filter((s) => s === slice).length));
    expect(busiest).toBeLessThan(20);
  });

  propertyTest.prop([
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 0, max: 8000 }),
    fc.integer({ min: 1, max: 5 }),
    fc.boolean(),
  ])('one that stops answering is down within the bound', (seed, afterMs, fall, isSilent) => {
    const w = watched(['a', 'b'], { fall }, { random: seededRandom(seed) });
    w.clock.advance(1000 + afterMs);
    w.fleet.answers.set('a', isSilent ? undefined : { ok: false });
    const goneMs = w.clock.now();
    while (w.state('a') !== 'down') w.clock.advance(10);
    expect(w.clock.now() - goneMs).toBeLessThanOrEqual(5000 + (fall - 1) * 1000 + 2000 + 10);
    expect(w.state('b')).toBe('ready');
    w.close();
    expect([w.clock.pending, w.fleet.running]).toEqual([0, 0]);
  });

  propertyTest.prop([fc.nat()], { numRuns: 20 })(
    'jitter takes a tenth off a wait at most; only the first after a pass is anything below it',
    (seed) => {
      const w = watched(['a', 'b'], {}, { random: seededRandom(seed) });
      w.fleet.answers.set('b', { ok: false, refused: true });
      w.clock.advance(30_000);
      const waits = (id: string): number[] => {
        const times = w.fleet.probes.filter((probe) => probe.id === id).map(({ atMs }) => atMs);
        return times.slice(1).map((atMs, i) => atMs - times[i]!);
      };
      const [first, ...later] = waits('a');
      expect(first).toBeLessThanOrEqual(5000);
      for (const wait of later) expect(Math.abs(wait - 4750)).toBeLessThanOrEqual(250.001);
      for (const wait of waits('b')) expect(Math.abs(wait - 475)).toBeLessThanOrEqual(25.001);
      expect(later.length).toBeGreaterThan(3);
      expect(waits('b').length).toBeGreaterThan(50);
    },
  );

  test('after a refused dial one pass is enough', () => {
    const w = watched(['a', 'b']);
    w.clock.advance(100);
    w.fleet.answers.set('a', { ok: false, refused: true });
    w.clock.advance(15_000);
    expect(w.state('a')).toBe('down');
    w.fleet.answers.set('a', { ok: true });
    w.clock.advance(502);
    expect(w.state('a')).toBe('ready');
  });

  test('refused traffic is followed by a probe at once, and that one refused is the end', () => {
    const w = watched(['a', 'b']);
    w.clock.advance(2000);
    w.fleet.answers.set('a', { ok: false, refused: true });
    const x = new RecordedExchange(true, (attempt) => {
      if (attempt.endpoint.id === 'a') {
        attempt.settle(failed({ cause: 'refused', requestSent: false }));
      }
    });
    w.balancer.dispatch(x);
    expect(x.last.endpoint.id).toBe('a');
    w.clock.advance(2);
    expect(w.state('a')).toBe('down');
  });

  test('a probe that was under way when traffic was refused is followed by another', () => {
    const w = watched(['a', 'b']);
    w.clock.advance(2000);
    w.fleet.delayMs = 50;
    while (w.fleet.running === 0) w.clock.advance(1);
    const { id } = w.fleet.probes.at(-1)!;
    // It will pass: it was answered before the endpoint died.
    w.fleet.answers.set(id, { ok: false, refused: true });
    const refuse = (): void => {
      const attempt = w.pool.startAt(w.pool.member(id)!);
      if (typeof attempt !== 'string') attempt.settle(failed({ cause: 'refused' }));
    };
    refuse();
    w.clock.advance(49);
    expect(w.state(id)).toBe('ready');
    w.clock.advance(60);
    expect(w.state(id)).toBe('down');
  });

  test('refused traffic alone is not the end', () => {
    const w = watched(['a']);
    w.clock.advance(2000);
    const x = new RecordedExchange(false);
    w.balancer.dispatch(x);
    x.last.settle(failed({ cause: 'refused', requestSent: false }));
    w.clock.advance(50);
    expect(w.state('a')).toBe('ready');
  });

  test('drain is probed, maintenance is not, and an endpoint that comes back is checked first', () => {
    const w = watched(['a', 'b']);
    w.clock.advance(100);
    w.pool.setAdminState('a', 'drain');
    w.pool.setAdminState('b', 'maintenance');
    w.fleet.probes.length = 0;
    w.clock.advance(20_000);
    expect(new Set(w.fleet.probes.map((p) => p.id))).toEqual(new Set(['a']));
    w.pool.setAdminState('b', 'ready');
    expect(w.state('b')).toBe('checking');
    w.clock.advance(20);
    expect(w.state('b')).toBe('ready');
  });

  test('an endpoint that has left is no longer probed, and its running probe counts for nothing', () => {
    const w = watched(['a', 'b']);
    w.clock.advance(100);
    w.fleet.answers.set('a', undefined);
    w.clock.advance(5000);
    w.update([{ id: 'b' }]);
    w.fleet.probes.length = 0;
    w.clock.advance(20_000);
    expect(w.fleet.probes.some((p) => p.id === 'a')).toBe(false);
    w.close();
    expect([w.clock.pending, w.fleet.running]).toEqual([0, 0]);
  });
});
