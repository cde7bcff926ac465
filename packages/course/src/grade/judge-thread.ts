/** The thread that judges: it computes, and sleeps while the submission's process thinks. */

import { parentPort, workerData } from 'node:worker_threads';
import { exerciseNamed, listExercises, loadChecks } from '../exercise/exercises.ts';
import type { Limits } from '../sandbox/limits.ts';
import type { Mailbox } from '../sandbox/mailbox.ts';
import { type HolderRequest, Subject } from '../sandbox/subject.ts';
import { type Case, judgeAll } from './judge.ts';
import type { TestResult } from './result.ts';
import { numbersFor } from './seeds.ts';

/** What the thread is started with. */
export interface JudgeData {
  /** Its id. */
  readonly exercise: string;
  readonly exercisesFolder: string;
}

/** A submission to judge. */
export interface ToJudge {
  readonly mailbox: Mailbox;
  readonly limits: Limits;
  readonly files: Readonly<Record<string, string>>;
  readonly case: Case;
}

/** What the thread says. */
export type FromJudge = HolderRequest | { readonly type: 'done'; readonly results: TestResult[] };

const data = workerData as JudgeData;
const port = parentPort;
if (port === null) throw new Error('this is the program of a thread');

const exercise = exerciseNamed(data.exercise, listExercises(data.exercisesFolder));
const checks = await loadChecks(exercise);

port.on('message', ({ mailbox, limits, files, case: asked }: ToJudge) => {
  const subject = new Subject(
    mailbox,
    (request) => port.postMessage(request),
    limits,
    () => performance.now(),
  );
  const numbers = numbersFor(checks, exercise.id, asked.who);
  const results = judgeAll(checks.checks, { numbers, files }, subject, asked);
  port.postMessage({ type: 'done', results } satisfies FromJudge);
});
