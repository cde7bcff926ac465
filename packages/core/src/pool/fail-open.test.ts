import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { failed } from '../../test/support/fixtures.ts';
import { type Watched, watched } from '../../test/support/probed-fleet.ts';
import type { ProbeResult } from '../health/health-policy.ts';
import { consecutiveFailures } from '../health/outlier.ts';
import { panicBelow } from '../health/panic.ts';
import { slowStart } from '../health/slow-start.ts';
import type { PoolEvent } from '../pool.ts';

const REQUEST = { hash: 0, idempotent: true };
const WELL: ProbeResult = { ok: true };
const WRONG: ProbeResult = { ok: false, answered: true, detail: 'status 500' };
const REFUSED: ProbeResult = { ok: false, refused: true, detail: 'connection refused' };
const CUT: ProbeResult = { ok: false, detail: 'connection reset' };
const SILENT = undefined;

const IDS = ['a', 'b', 'c', 'd'];
/** The first failed check decides, so that each step of a test is one check. */
const HEALTH = { intervalMs: 100, fastIntervalMs: 100, downIntervalMs: 100, rise: 1, fall: 1 };
/** Longer than an interval and a timeout: each endpoint has been checked anew. */
const ROUND_MS = 400;

function fleet(panicPercent: number, more: Parameters<typeof watched>[2] = {}): Watched {
  const w = watched(
    IDS,
    { ...HEALTH, timeoutMs: 200 },
    { panic: panicBelow(panicPercent), ...more },
  );
  w.clock.advance(ROUND_MS);
  return w;
}

function answer(w: Watched, answers: Record<string, ProbeResult | undefined>): void {
  for (const [id, result] of Object.entries(answers)) w.fleet.answers.set(id, result);
  w.clock.advance(ROUND_MS);
}

/** Which endpoints get the next requests. */
function asked(w: Watched): string[] {
  const ids = new Set<string>();
  for (let i = 0; i < 2 * IDS.length; i++) {
    const attempt = w.pool.start(REQUEST, []);
    if (typeof attempt === 'string') continue;
    ids.add(attempt.endpoint.id);
    attempt.settle({ kind: 'cancelled', latencyMs: 1 });
  }
  return [...ids].sort();
}

const lastOf = ({ events }: Pick<Watched, 'events'>, id: string): PoolEvent | undefined =>
  events.findLast(({ endpoint }) => endpoint === id);

describe('where too few are healthy', () => {
  test('those that answer their checks wrongly serve, those that refuse or are silent do not', () => {
    const w = fleet(50);
    answer(w, { a: WRONG, b: REFUSED, c: SILENT, d: CUT });
    expect(asked(w)).toEqual(['a']);
    expect(IDS.map(w.state)).toEqual(['ready', 'down', 'down', 'down']);
  });

  test('one that was out comes back by an event, and one that would go stays by one', () => {
    const w = fleet(50);
    answer(w, { a: WRONG });
    expect(w.state('a')).toBe('down');
    answer(w, { b: WRONG });
    answer(w, { c: WRONG });
    expect(lastOf(w, 'a')).toMatchObject({
      ...{ from: 'down', to: 'ready', reason: 'fail-open: too few are left' },
    });
    expect(lastOf(w, 'c')).toMatchObject({
      ...{ from: 'ready', to: 'ready', reason: 'fail-open: probe failed: status 500' },
    });
    expect(asked(w)).toEqual(IDS);
  });

  test('they leave again by an event once enough are healthy, and stay if they are themselves', () => {
    const w = fleet(50);
    answer(w, { a: WRONG, b: WRONG, c: WRONG });
    answer(w, { c: WELL });
    expect(lastOf(w, 'a')).toMatchObject({
      from: 'ready',
      to: 'down',
      reason: 'the panic is over',
    });
    expect(lastOf(w, 'c')).toMatchObject({ from: 'ready', to: 'ready', reason: 'probe passed' });
    expect(asked(w)).toEqual(['c', 'd']);
  });

  test('one that then refuses is out at once', () => {
    const w = fleet(50);
    answer(w, { a: WRONG, b: WRONG, c: WRONG });
    answer(w, { a: REFUSED });
    expect(lastOf(w, 'a')).toMatchObject({
      ...{ to: 'down', reason: 'probe failed: connection refused' },
    });
    expect(asked(w)).toEqual(['b', 'c', 'd']);
  });

  test('one whose traffic fails too is out until its ejection ends', () => {
    const w = fleet(80, { detector: consecutiveFailures(1), ejection: { baseMs: 5000 } });
    answer(w, { a: WRONG, b: WRONG });
    const attempt = w.pool.startAt(w.pool.member('a')!);
    if (typeof attempt !== 'string') attempt.settle(failed({ cause: 'status' }));
    expect(lastOf(w, 'a')).toMatchObject({ to: 'down', reason: '1 consecutive failures' });
    expect(asked(w)).toEqual(['b', 'c', 'd']);
    w.clock.advance(5000);
    expect(asked(w)).toEqual(IDS);
  });

  test('a whole fleet whose checks are wrong serves on, at full share', () => {
    const w = fleet(50, { slowStart: slowStart({ windowMs: 60_000 }) });
    answer(w, { a: WRONG, b: WRONG, c: WRONG, d: WRONG });
    expect(asked(w)).toEqual(IDS);
    expect(w.pool.members.map((m) => m.effectiveWeight)).toEqual([1, 1, 1, 1]);
  });

  test('healthy backups stand in, and do not fail open themselves', () => {
    const w = fleet(100);
    w.update([...['a', 'b'].map((id) => ({ id })), { id: 'c', backup: true }]);
    answer(w, { a: WRONG, b: WRONG });
    expect(asked(w)).toEqual(['c']);
    answer(w, { c: WRONG });
    expect(asked(w)).toEqual(['a', 'b']);
  });

  test('an operator is obeyed, and what was known before a maintenance is forgotten', () => {
    const w = fleet(100);
    answer(w, { a: WRONG, b: WRONG });
    w.pool.setAdminState('a', 'drain');
    expect(asked(w)).toEqual(['b', 'c', 'd']);
    w.pool.setAdminState('a', 'ready');
    expect(lastOf(w, 'a')).toMatchObject({ from: 'drain', reason: 'fail-open: too few are left' });
    w.pool.setAdminState('a', 'maintenance');
    w.pool.setAdminState('a', 'ready');
    expect(w.state('a')).toBe('checking');
  });

  test('switched off, all that fail are out at once; switched on, they are back at once', () => {
    const w = fleet(0);
    answer(w, { a: WRONG, b: WRONG, c: WRONG });
    expect(asked(w)).toEqual(['d']);
    w.setPolicies({ panic: panicBelow(50) });
    expect(asked(w)).toEqual(IDS);
    w.setPolicies({ panic: panicBelow(0) });
    expect(asked(w)).toEqual(['d']);
  });

  test('one that is taken out on evidence of its traffic is not readmitted', () => {
    const w = fleet(100);
    answer(w, { a: WRONG });
    w.pool.setHealth(w.pool.member('a')!, 'down', 'marked down');
    expect(asked(w)).toEqual(['b', 'c', 'd']);
  });
});

describe('whatever checks find', () => {
  const kind = fc.constantFrom(WELL, WELL, WRONG, WRONG, REFUSED, CUT, SILENT);
  const steps = fc.array(fc.tuple(fc.constantFrom(...IDS), kind), { maxLength: 12 });
  const isOpen = (event: PoolEvent | undefined): boolean =>
    event?.to === 'ready' && event.reason.startsWith('fail-open');

  propertyTest.prop([fc.constantFrom(0, 30, 50, 100), steps], { numRuns: 60 })(
    'only answers readmit, only in a panic, and an event comes before the first request',
    (panicPercent, changes) => {
      const results = new Map<string, ProbeResult>();
      const events: PoolEvent[] = [];
      const w = fleet(panicPercent, {
        onProbe: ({ id }, result) => void results.set(id, result),
        observer: {
          event(event): void {
            events.push(event);
            if (isOpen(event)) expect(results.get(event.endpoint)).toMatchObject(WRONG);
          },
        },
      });
      for (const [id, result] of changes) {
        answer(w, { [id]: result });
        const last = new Map(IDS.map((one) => [one, lastOf({ events }, one)]));
        for (const one of asked(w)) expect(last.get(one)?.to).toBe('ready');
        const open = IDS.filter((one) => isOpen(last.get(one)));
        const healthy = w.pool.ready.length - open.length;
        const isPanic = healthy * 100 < IDS.length * panicPercent;
        const wrong = IDS.filter((one) => results.get(one)?.answered === true);
        expect(open).toEqual(isPanic ? wrong : []);
      }
    },
  );
});
