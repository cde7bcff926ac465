/** Runs an exercise's checks against a submission, one after another. Knows no process and no file. */

import type { Check, CheckContext, Partly } from '../checks/check.ts';
import { CheckFailed } from '../checks/failure.ts';
import { Replayable } from '../checks/property.ts';
import { Remote } from '../sandbox/remote.ts';
import { type Subject, SubjectError } from '../sandbox/subject.ts';
import { rounded, type TestResult } from './result.ts';
import { checkSeed, type Who } from './seeds.ts';

/** What to judge. */
export interface Case {
  readonly exercise: string;
  readonly points: Readonly<Record<string, number>>;
  readonly who: Who;
  /** One check alone, by id, as a replay asks for. */
  readonly only?: string | undefined;
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  /** End with the first check that fails. */
  readonly stopsEarly?: boolean;
}

type Judged = Pick<TestResult, 'status' | 'score' | 'message'> &
  Partial<Pick<TestResult, 'expected' | 'trace' | 'steps'>> & { readonly path?: string };

function ofShare({ share, message }: Partly, points: number): Judged {
  const score = rounded(Math.max(0, Math.min(1, share)) * points);
  return { status: score >= points ? 'pass' : 'fail', score, message };
}

function ofError(error: unknown): Judged {
  if (error instanceof CheckFailed) {
    const { expected, trace, message } = error;
    const path = error instanceof Replayable ? error.path : undefined;
    const asLines = trace.map((what) => ({ what, endpoints: [] }));
    const steps = error.steps.length > 0 ? error.steps : asLines;
    return { status: 'fail', score: 0, message, expected, trace, steps, ...(path && { path }) };
  }
  if (error instanceof SubjectError) {
    const status = error.kind === 'timeout' ? 'timeout' : 'error';
    return { status, score: 0, message: error.message };
  }
  throw error;
}

function judge(check: Check, context: CheckContext, points: number): Judged {
  try {
    const outcome = check.run(context) ?? { share: 1, message: '' };
    context.remote.finish();
    return ofShare(outcome, points);
  } catch (error) {
    return ofError(error);
  }
}

/** All results, in the order of the checks. */
export function judgeAll(
  checks: readonly Check[],
  given: Omit<CheckContext, 'seed' | 'path' | 'remote'>,
  subject: Subject,
  { exercise, points, who, ...replay }: Case,
): TestResult[] {
  const results: TestResult[] = [];
  for (const check of checks) {
    if (replay.only !== undefined && replay.only !== check.id) continue;
    const seed = replay.seed ?? checkSeed(who, exercise, check.id);
    const maxScore = points[check.id] ?? 0;
    const remote = new Remote(subject);
    const context = { ...given, seed, path: replay.path, remote };
    const { path, ...judged } = judge(check, context, maxScore);
    if (!subject.isGivenUp) remote.discard();
    const again = `pnpm learn check ${exercise.slice(0, 2)} --only ${check.id} --seed ${seed}`;
    const isPassed = judged.status === 'pass';
    results.push({
      name: check.id,
      about: check.law,
      ...judged,
      maxScore,
      ...(!isPassed && { replay: path === undefined ? again : `${again} --path ${path}` }),
    });
    if (replay.stopsEarly === true && !isPassed) break;
  }
  return results;
}
