import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { runWith } from '../../test/support/synthetic.ts';
import type { BalancerEvent } from './events.ts';
import { type AccessLine, sentToKnownDead } from './known-dead.ts';
import { judgeRun, overall } from './objectives.ts';
import { episodeSeed, randomEpisode } from './random.ts';

describe('known dead', () => {
  const event = (poolSeq: number, endpoint: string, to: string): BalancerEvent => ({
    seq: poolSeq,
    epochMs: 0,
    type: 'state',
    poolSeq,
    endpoint,
    to,
    reason: '',
  });
  const events = [event(3, 'a', 'ready'), event(5, 'a', 'down'), event(9, 'a', 'ready')];
  const line = (requestId: string, afterEvent: number, backend = 'a'): AccessLine => ({
    requestId,
    afterEvent,
    backend,
  });

  it('is a request sent after the event that declared its backend down, and before its return', () => {
    const lines = [line('before', 4), line('dead', 5), line('dead too', 8), line('back', 9)];
    expect(sentToKnownDead(lines, events)).toEqual(['dead', 'dead too']);
    expect(sentToKnownDead([line('elsewhere', 6, 'b')], events)).toEqual([]);
  });

  it('cannot be told from a log that does not order requests among events', () => {
    expect(sentToKnownDead([{ backend: 'a', requestId: 'x' }], events)).toBeNull();
  });
});

describe('objectives', () => {
  const load = { durationMs: 6000 } as Parameters<typeof judgeRun>[1]['load'];
  const duties = { accounting: null, toKnownDead: 0 };
  const fault = { kind: 'kill', target: 'a', startMs: 1000, endMs: 2500 };
  const verdicts = (
    run: Parameters<typeof judgeRun>[0],
    objectives: object,
  ): Record<string, string> =>
    Object.fromEntries(judgeRun(run, { objectives, load }, duties).map((o) => [o.name, o.verdict]));

  it('are judged by their limits, and what cannot be known is unknown', () => {
    const run = runWith('x', 1, 100, { faults: [fault], recoverMs: 500, detectMs: 2500 });
    const limits = {
      availability: 1,
      p99Ms: 99,
      recoverMs: 500,
      detectMs: 2000,
      amplification: 1.2,
    };
    expect(verdicts(run, limits)).toEqual({
      availability: 'pass',
      p99Ms: 'fail',
      recoverMs: 'pass',
      detectMs: 'fail',
      amplification: 'unknown',
      lost: 'pass',
      servedTwice: 'unknown',
      unfounded: 'unknown',
      toKnownDead: 'pass',
    });
  });

  it('a recovery that did not come fails only where there was time for it', () => {
    const run = runWith('x', 1, 100, { faults: [fault] });
    expect(verdicts(run, { recoverMs: 1400 }).recoverMs).toBe('fail');
    expect(verdicts(run, { recoverMs: 1600 }).recoverMs).toBe('unknown');
  });

  it('of a void run are all unknown', () => {
    const run = runWith('x', 1, 100, { valid: false, void: 'late' });
    expect(new Set(Object.values(verdicts(run, { p99Ms: 1 })))).toEqual(new Set(['unknown']));
  });

  it('one failure fails all, and one unknown leaves the rest unknown', () => {
    expect(overall(['pass', 'unknown', 'fail'])).toBe('fail');
    expect(overall(['pass', 'unknown'])).toBe('unknown');
    expect(overall(['pass', 'pass'])).toBe('pass');
    expect(overall([])).toBe('unknown');
  });
});

describe('random chaos', () => {
  test.prop([fc.integer({ min: 0, max: 2 ** 32 - 1 })])(
    'every seed is one valid episode, with time to recover at its end',
    (seed) => {
      const episode = randomEpisode(seed);
      expect(episode).toEqual(randomEpisode(seed));
      expect(episode.faults.length).toBeGreaterThan(0);
      for (const { atMs, forMs } of episode.faults) {
        expect(atMs).toBeGreaterThanOrEqual(2000);
        expect(atMs + (forMs ?? 0)).toBeLessThanOrEqual(episode.load.durationMs - 5000);
      }
    },
  );

  it('an episode in the middle of a run is the first one of its own seed', () => {
    expect(episodeSeed(episodeSeed(7, 3), 0)).toBe(episodeSeed(7, 3));
    expect(episodeSeed(2 ** 32 - 1, 1)).toBe(0);
  });
});
