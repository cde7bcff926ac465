/** Runs the levels, three times each, and says what they come to. */

import { TestFleet } from './fleet.ts';
import { type Level, LevelFailed } from './level.ts';
import { recovers, retries, skips } from './levels/failing.ts';
import { forwards, spreads } from './levels/forwarding.ts';
import { hostile, serves } from './levels/serving.ts';
import { type Launch, LaunchError, TestSubject } from './subject.ts';

export const BLACKBOX_SCHEMA = 'evenkeel.blackbox/1';

/** All levels, in order. */
export const LEVELS: readonly Level[] = [
  forwards,
  spreads,
  skips,
  recovers,
  retries,
  serves,
  hostile,
];

export type Verdict = 'pass' | 'fail' | 'unknown';

/** One level's result. */
export interface LevelResult {
  readonly level: number;
  readonly title: string;
  readonly verdict: Verdict;
  readonly score: number;
  readonly maxScore: number;
  readonly passed: number;
  readonly runs: number;
  /** Of the first run that failed; empty if none did. */
  readonly message: string;
}

/** All results. */
export interface ScoreCard {
  readonly schema: typeof BLACKBOX_SCHEMA;
  readonly score: number;
  readonly maxScore: number;
  readonly levels: readonly LevelResult[];
}

/** @returns why it failed; undefined if it passed */
async function runOnce(level: Level, launch: Launch): Promise<string | undefined> {
  const fleet = new TestFleet(level.backends);
  await fleet.start();
  let subject: TestSubject | undefined;
  try {
    subject = await TestSubject.start(launch, fleet.urls);
    await level.run({ subject, fleet });
    return undefined;
  } catch (error) {
    // A program that does not start at all can do none of the levels.
    if (error instanceof LevelFailed || error instanceof LaunchError) return error.message;
    throw error;
  } finally {
    await subject?.kill();
    await fleet.stop();
  }
}

function verdictOf(passed: number, runs: number): Verdict {
  if (passed === runs) return 'pass';
  return passed === 0 ? 'fail' : 'unknown';
}

/** How to run. */
export interface ScoreOptions {
  readonly levels: readonly Level[];
  /** Runs of each level. */
  readonly runs: number;
  /** How often a level with a mixed result is done again, all its runs. */
  readonly repeat: number;
  readonly said: (line: string) => void;
  /** End with the first level that is not passed; default: go on. */
  readonly stopsEarly?: boolean;
}

/**
 * All runs of a level, and all of them again for as long as they disagree and may be repeated.
 * @param once makes one run: why it failed, undefined if it passed
 */
export async function runLevel(
  { number, title, points }: Pick<Level, 'number' | 'title' | 'points'>,
  once: () => Promise<string | undefined>,
  { runs, repeat }: Pick<ScoreOptions, 'runs' | 'repeat'>,
): Promise<LevelResult> {
  for (let round = 0; ; round++) {
    const failures: string[] = [];
    for (let run = 0; run < runs; run++) {
      const failure = await once();
      if (failure !== undefined) failures.push(failure);
    }
    const passed = runs - failures.length;
    const verdict = verdictOf(passed, runs);
    if (verdict === 'unknown' && round < repeat) continue;
    const score = verdict === 'pass' ? points : 0;
    return {
      ...{ level: number, title, verdict, score, maxScore: points, passed, runs },
      message: failures[0] ?? '',
    };
  }
}

/** The whole card; says each level when it is done. */
export async function scoreCard(launch: Launch, options: ScoreOptions): Promise<ScoreCard> {
  const levels: LevelResult[] = [];
  for (const level of options.levels) {
    const result = await runLevel(level, () => runOnce(level, launch), options);
    levels.push(result);
    options.said(levelLine(result));
    if (options.stopsEarly && result.verdict !== 'pass') break;
  }
  const sum = (of: (result: LevelResult) => number): number =>
    levels.reduce((a, r) => a + of(r), 0);
  return {
    schema: BLACKBOX_SCHEMA,
    score: sum((r) => r.score),
    maxScore: sum((r) => r.maxScore),
    levels,
  };
}

function levelLine({
  level,
  title,
  verdict,
  score,
  maxScore,
  passed,
  runs,
  message,
}: LevelResult): string {
  const line = `L${level} ${title.padEnd(30)} ${verdict.padEnd(8)} ${`${score}/${maxScore}`.padStart(6)}  ${passed} of ${runs} runs`;
  return message === '' ? line : `${line}\n   ${message}`;
}
