import type { Comparison, Difference } from '@evenkeel/report';
import { describe, expect, it } from 'vitest';
import { runWith } from '../../test/support/synthetic.ts';
import { benchVerdict } from './verdict.ts';

const comparison = (
  a: string,
  verdict: Comparison['verdict'],
  more: Partial<Comparison> = {},
): Comparison => ({
  scenario: 's',
  metric: 'p99',
  a: `evenkeel/${a}`,
  b: 'evenkeel/rr',
  ratio: 1,
  low: 0.9,
  high: 1.1,
  n: 6,
  adjustedP: 0.5,
  verdict,
  detectable: 0.1,
  ...more,
});
const RUNS = [runWith('rr', 1, 10), runWith('lc', 1, 9)];

describe('a bench in one sentence', () => {
  it('is no pass where every comparison is unresolved', () => {
    const all = [comparison('rr#2', 'unresolved'), comparison('lc', 'unresolved')];
    expect(benchVerdict(all, RUNS, [])).toEqual({
      status: 'unknown',
      text: 's: nothing told apart from rr at p99',
    });
  });

  it('names the arms that are ahead, behind and level', () => {
    const all = [
      comparison('rr#2', 'unresolved'),
      comparison('lc', 'a', { ratio: 0.25 }),
      comparison('random', 'b'),
      comparison('p2c', 'tie'),
    ];
    expect(benchVerdict(all, RUNS, [])).toEqual({
      status: 'pass',
      text: 's: at p99, lc (× 0.25) better than rr; random (× 1.00) worse than rr; p2c (× 1.00) level with rr',
    });
  });

  it('concludes nothing where the reference differs from itself', () => {
    const all = [comparison('rr#2', 'b'), comparison('lc', 'unresolved')];
    const { status, text } = benchVerdict(all, RUNS, []);
    expect([status, text]).toEqual(['unknown', expect.stringMatching(/differs from itself/)]);
  });

  it('is unknown without a valid round, and says how many runs were void', () => {
    const none = { n: 0, ratio: null, low: null, high: null };
    const voids = RUNS.map((run) => ({ ...run, valid: false, void: 'late' }));
    expect(benchVerdict([comparison('lc', 'unresolved', none)], voids, [])).toEqual({
      status: 'unknown',
      text: 'nothing was compared: no common valid round; 2 of 2 runs void',
    });
  });

  it('counts void runs beside what was found, and simulated ones never', () => {
    const runs = [...RUNS, runWith('rr', 2, 10, { valid: false, void: 'late' })];
    const simulated = runWith('rr', 1, 10, { subject: 'simulated', generator: null });
    const { text } = benchVerdict([comparison('lc', 'a')], [...runs, simulated], []);
    expect(text).toMatch(/better than rr; 1 of 3 runs void$/);
  });

  it('of time lines alone is pass while one of them is valid', () => {
    expect(benchVerdict([], RUNS, [])).toEqual({ status: 'pass', text: '2 time lines' });
    const voids = RUNS.map((run) => ({ ...run, valid: false, void: 'late' }));
    expect(benchVerdict([], voids, []).status).toBe('unknown');
  });

  it('fails on a regression, whatever else was found', () => {
    const worse: Difference = {
      scenario: 's',
      metric: 'p99',
      arm: 'evenkeel/lc',
      against: 'evenkeel/rr',
      before: 0.4,
      now: 1,
      change: 2.5,
      low: 2,
      high: 3,
      rounds: { before: 6, now: 6 },
      verdict: 'worse',
    };
    const { status, text } = benchVerdict([comparison('lc', 'a')], RUNS, [worse]);
    expect(status).toBe('fail');
    expect(text.replaceAll('\u00a0', ' ')).toBe(
      'regression: s: lc, p99 latency × rr, was × 0.40, is × 1.00',
    );
  });

  it('of the simulator is pass where all agrees and a wrong one would have been noticed', () => {
    const own = comparison('', 'tie', { a: 'simulated/lc', b: 'evenkeel/lc' });
    const wrong = comparison('', 'b', { a: 'simulated/random', b: 'evenkeel/lc' });
    expect(benchVerdict([own, wrong], RUNS, [])).toEqual({
      status: 'pass',
      text: 'the simulator surely agrees in 1 of 1 figures, surely differs in 0, a wrong one would not have been told apart by 0',
    });
    const blind = { ...wrong, verdict: 'tie' as const };
    expect(benchVerdict([own, blind], RUNS, []).status).toBe('unknown');
    expect(benchVerdict([{ ...own, verdict: 'unresolved' }, wrong], RUNS, []).status).toBe(
      'unknown',
    );
    expect(benchVerdict([{ ...own, verdict: 'a' }, wrong], RUNS, []).status).toBe('fail');
  });

  it('says how many rounds it would take, and what was compared in place of the percentile asked for', () => {
    const open = comparison('lc', 'unresolved', {
      metric: 'p90',
      wanted: 'p99',
      roundsForTenPercent: 14,
    });
    expect(benchVerdict([open], RUNS, []).text).toBe(
      's: nothing told apart from rr at p90 (too few samples for p99); to see 10 % at this noise take 14 rounds',
    );
  });

  it('says where an arm is worse by what it answered, not by how fast it was', () => {
    const failing = comparison('bad', 'b', { ratio: 0.5, reason: 'by what was answered' });
    expect(benchVerdict([failing], RUNS, []).text).toMatch(/bad \(by what was answered\) worse/);
  });

  it('of the simulator needs power in each arm, and a figure without it does not count', () => {
    const own = comparison('', 'tie', { a: 'simulated/lc', b: 'evenkeel/lc' });
    const wrong = comparison('', 'b', { a: 'simulated/random', b: 'evenkeel/lc' });
    // A wrong simulator has the same median: that ours has it too says nothing.
    const median = [own, { ...wrong, verdict: 'tie' as const }].map((one) => {
      return { ...one, metric: 'p50' as const };
    });
    expect(benchVerdict([own, wrong, ...median], RUNS, [])).toEqual({
      status: 'pass',
      text: 'the simulator surely agrees in 1 of 2 figures, surely differs in 0, a wrong one would not have been told apart by 1',
    });
    const other = comparison('', 'tie', { a: 'simulated/rr', b: 'evenkeel/rr' });
    expect(benchVerdict([own, wrong, other], RUNS, []).status).toBe('unknown');
  });

  it('of the simulator is not about queueing, which is only stated', () => {
    const own = comparison('', 'tie', { a: 'simulated/lc', b: 'evenkeel/lc' });
    const wrong = comparison('', 'b', { a: 'simulated/random', b: 'evenkeel/lc' });
    const queueing = { ...own, of: 'queueing' as const, verdict: 'b' as const };
    expect(benchVerdict([own, wrong, queueing], RUNS, []).status).toBe('pass');
  });
});
