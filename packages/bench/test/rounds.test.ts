/**
 * Rounds on a stage with proxies that answer errors, die or do not start: errors are counted, and the
 * others go on. The whole command is tried in errors-first.long.test.ts and interrupt.long.test.ts.
 */

import { fileURLToPath } from 'node:url';
import { errorTotal, type Run } from '@evenkeel/report';
import { loadScenario } from '@evenkeel/sim';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Generators } from '../src/load/generators.ts';
import { type Display, silent } from '../src/output/display.ts';
import { armsOf, nameOf } from '../src/run/arms.ts';
import { runRounds } from '../src/run/rounds.ts';
import { Stage } from '../src/run/stage.ts';
import { parseSubjects } from '../src/subjects/parse.ts';
import { badProxy } from './support/command.ts';

const scenario = loadScenario(fileURLToPath(new URL('./scenarios/short.yaml', import.meta.url)));
const load = { ...scenario.load, warmupMs: 50, durationMs: 250 };
/** Requests of one arm in one round, without those that only move it on. */
const SENT = 240;

const subjects = [
  'direct',
  badProxy('errs', '--refuse 4'),
  // In its second round.
  badProxy('mortal', `--die ${Math.round(SENT * 1.5)}`),
  'cmd:lame:echo port {port} is taken; exit 4',
];

describe('rounds of proxies that misbehave', () => {
  const arms = armsOf(parseSubjects(subjects.join(',')), ['round-robin'], () => {});
  const interrupt = new AbortController();
  let generator: Generators;
  let stage: Stage;
  let runs: readonly Run[];

  const rounds = async (count: number, display: Display): Promise<Run[]> =>
    await runRounds({
      stage,
      scenario,
      arms,
      rounds: count,
      load,
      seed: 7,
      commandEpochMs: 0,
      display,
    });

  beforeAll(async () => {
    generator = new Generators();
    stage = await Stage.open({ scenario, arms, seed: 7, generator, signal: interrupt.signal });
    runs = await rounds(3, silent);
  });
  afterAll(async () => {
    await stage?.[Symbol.asyncDispose]();
    await generator?.[Symbol.asyncDispose]();
  });

  const of = (subject: string): Run[] => runs.filter((run) => run.subject === subject);

  it('count every fourth request that is answered by 503', () => {
    expect(of('errs')).toHaveLength(3);
    for (const { requests } of of('errs')) {
      expect(requests.errors.status5xx / requests.sent).toBeCloseTo(0.25, 1);
    }
    expect(of('direct').map(({ requests }) => errorTotal(requests))).toEqual([0, 0, 0]);
  });

  it('go on without what does not start, or dies, and say why', () => {
    expect(of('lame')).toEqual([]);
    expect(of('mortal').length).toBeLessThan(3);
    const reasons = Object.fromEntries(
      stage.absences.map(({ arm, reason }) => [nameOf(arm), reason]),
    );
    expect(Object.keys(reasons).sort()).toEqual(['lame/own', 'mortal/own']);
    expect(reasons['lame/own']).toMatch(/^lame ended at once: port \d+ is taken$/);
    expect(reasons['mortal/own']).toBe('mortal ended by itself');
  });

  it('that are interrupted keep what was finished', async () => {
    const step = (text: string): void => {
      if (text.includes('round 1 of 50 done')) interrupt.abort();
    };
    const kept = await rounds(50, { ...silent, step });
    expect(kept.filter(({ round }) => round === 1)).toHaveLength(2);
    expect(kept.length).toBeLessThan(10);
  });
});
