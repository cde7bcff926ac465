import type { Objective, Status } from '@evenkeel/report';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { conclude } from './arm.ts';
import type { BalancerEvent } from './events.ts';
import { type AccessLine, sentToKnownDead } from './known-dead.ts';
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

describe('the verdict of a run', () => {
  const objective = (name: string, verdict: Status): Objective => ({
    name,
    limit: 0,
    measured: 1,
    verdict,
  });
  const figures = {
    plannedRate: 100,
    achievedRate: 100,
    latenessP99Ms: 5,
    loopLagP99Ms: 0,
    cpu: 0,
  };
  const valid = { valid: true, generator: figures };
  const late = { valid: false, void: 'the generator was late', generator: figures };
  const little = { ...late, void: 'too little', generator: { ...figures, achievedRate: 50 } };

  it.each(['lost', 'servedTwice', 'unfounded', 'toKnownDead'])(
    '%s is a failure, were the run void and nothing calm before',
    (name) => {
      const broken = [objective(name, 'fail'), objective('p99Ms', 'unknown')];
      expect(conclude(late, broken, false).status).toBe('fail');
    },
  );

  it('too few answered is a failure also where the generator was late, but not of an ill fleet', () => {
    const few = [objective('availability', 'fail'), objective('p99Ms', 'unknown')];
    expect(conclude(late, few, true).status).toBe('fail');
    expect(conclude(valid, few, false)).toEqual({
      status: 'unknown',
      remark: 'no steady state before the first fault',
    });
  });

  it('a late generator leaves times unjudged, and says what the counts came to', () => {
    const fine = [objective('lost', 'pass'), objective('recoverMs', 'unknown')];
    expect(conclude(late, fine, true)).toEqual({
      status: 'unknown',
      remark: 'duties: pass; times: not judged; the generator was late',
    });
  });

  it('counts alone decide where nothing else is asked for, unless less was sent than planned', () => {
    const fine = [objective('availability', 'pass'), objective('lost', 'pass')];
    expect(conclude(valid, fine, true)).toEqual({ status: 'pass', remark: null });
    expect(conclude(late, fine, true)).toEqual({
      status: 'pass',
      remark: 'by counts alone: the generator was late',
    });
    expect(conclude(little, fine, true)).toEqual({
      status: 'unknown',
      remark: 'duties: pass; too little',
    });
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
