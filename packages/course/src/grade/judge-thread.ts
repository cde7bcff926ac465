/** The thread that judges: it computes, and sleeps while the submission's process thinks. */

import { parentPort, workerData } from 'node:worker_threads';
import { exerciseNamed, listExercises, loadChecks } from '../exercise/exercises.ts';
import type { Limits } from '../sandbox/limits.ts';
import type { Mailbox } from '../sandbox/mailbox.ts';
import { Subject } from '../sandbox/subject.ts';
import { type Case, judgeAll } from './judge.ts';
import { numbersFor } from './seeds.ts';

/** What the thread is started with. */
export interface JudgeData {
  readonly mailbox: Mailbox;
  readonly limits: Limits;
  readonly exercisesFolder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly case: Case;
}

const data = workerData as JudgeData;
const port = parentPort;
if (port === null) throw new Error('this is the program of a thread');

const exercise = exerciseNamed(data.case.exercise, listExercises(data.exercisesFolder));
const { checks, ...rest } = await loadChecks(exercise);
const numbers = numbersFor({ checks, ...rest }, exercise.id, data.case.who);
const subject = new Subject(
  data.mailbox,
  (request) => port.postMessage(request),
  data.limits,
  () => performance.now(),
);
const results = judgeAll(checks, { numbers, files: data.files }, subject, data.case);
port.postMessage({ type: 'done', results });
