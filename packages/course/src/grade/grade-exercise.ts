/** One exercise of one submission: a folder for the submission's process, a judge, and the messages between them. */

import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exercise } from '../exercise/exercises.ts';
import { childBundle } from '../sandbox/child-bundle.ts';
import { Holder } from '../sandbox/holder.ts';
import { LIMITS, type Limits } from '../sandbox/limits.ts';
import { createMailbox, deliver } from '../sandbox/mailbox.ts';
import type { HolderRequest } from '../sandbox/subject.ts';
import type { Case } from './judge.ts';
import { JudgeThread } from './judge-host.ts';
import type { TestResult } from './result.ts';

/** What to grade. */
export interface ExerciseWork {
  readonly exercise: Exercise;
  readonly exercisesFolder: string;
  /** The submission, as `readSubmission` made it. */
  readonly code: string;
  readonly files: Readonly<Record<string, string>>;
  readonly case: Omit<Case, 'exercise' | 'points'>;
  readonly limits?: Limits;
  /** What the submission prints. */
  readonly printed?: (text: string) => void;
}

/** Starts, feeds and ends the submission's processes as the judge says; one at a time. */
class Desk {
  readonly mailbox = createMailbox(LIMITS.answerBytes);
  readonly #folder: string;
  readonly #limits: Limits;
  readonly #printed: (text: string) => void;
  #holder: Holder | undefined;
  #whyEnded = 'its process ended';

  constructor(folder: string, limits: Limits, printed: (text: string) => void) {
    this.#folder = folder;
    this.#limits = limits;
    this.#printed = printed;
  }

  handle(request: HolderRequest): void {
    if (request.type === 'start') this.#start();
    else if (this.#holder === undefined) deliver(this.mailbox, 'ended', this.#whyEnded);
    else if (request.type === 'ask') this.#holder.ask(request.line);
    else this.#holder.kill(request.why);
  }

  close(): void {
    this.#holder?.kill('graded');
  }

  #start(): void {
    const holder = new Holder(this.#folder, this.#limits, {
      answered: (line) => deliver(this.mailbox, 'answer', line),
      ended: (why) => {
        if (this.#holder !== holder) return;
        this.#holder = undefined;
        this.#whyEnded = why;
        deliver(this.mailbox, 'ended', why);
      },
      printed: this.#printed,
    });
    this.#holder = holder;
  }
}

/** All results of the exercise's checks, from a judge that is kept for several submissions. */
export async function gradeWith(judge: JudgeThread, work: ExerciseWork): Promise<TestResult[]> {
  const { exercise, code, files, limits = LIMITS } = work;
  // The permission model compares real paths, and a temporary folder may be a link (macOS).
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'evenkeel-')));
  const desk = new Desk(folder, limits, work.printed ?? (() => {}));
  try {
    await writeFile(join(folder, 'main.mjs'), await childBundle());
    await writeFile(join(folder, 'submission.js'), code);
    const { id, rubric } = exercise;
    const asked = { ...work.case, exercise: id, points: rubric.points };
    const { mailbox } = desk;
    return await judge.judge({ mailbox, limits, files, case: asked }, (request) =>
      desk.handle(request),
    );
  } finally {
    desk.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** All results of the exercise's checks. */
export async function gradeExercise(work: ExerciseWork): Promise<TestResult[]> {
  const { exercise, exercisesFolder } = work;
  const judge = new JudgeThread({ exercise: exercise.id, exercisesFolder });
  try {
    return await gradeWith(judge, work);
  } finally {
    await judge.close();
  }
}
