/** The course as a student goes through it: which exercise is next, what running it shows, what a pass unlocks. */

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Exercise, exerciseNamed, listExercises, loadChecks } from '../exercise/exercises.ts';
import { ExerciseError } from '../exercise/rubric.ts';
import { gradeFile, noneRun } from '../grade/grade-file.ts';
import type { Case } from '../grade/judge.ts';
import type { ExerciseResult } from '../grade/result.ts';
import { numbersFor } from '../grade/seeds.ts';
import { withFilms } from './films.ts';
import { lockOf, unlocked } from './predictions.ts';
import { type Progress, readProgress, whoOf, writeProgress } from './progress.ts';

/** See the head of this file. */
export class Course {
  readonly folder: string;
  readonly exercises: readonly Exercise[];

  /** @throws {ExerciseError} */
  constructor(folder: string) {
    this.folder = folder;
    this.exercises = listExercises(folder);
    if (this.exercises.length === 0)
      throw new ExerciseError(`${folder}: there are no exercises here`);
  }

  get progress(): Progress {
    return readProgress(this.folder);
  }

  /** The first that is not passed; undefined when all are. */
  get next(): Exercise | undefined {
    const { passed } = this.progress;
    return this.exercises.find(({ id }) => !passed.includes(id));
  }

  named(name: string): Exercise {
    return exerciseNamed(name, this.exercises);
  }

  /** All before it are passed. */
  isUnlocked({ id }: Exercise): boolean {
    const next = this.next;
    return next === undefined || id <= next.id;
  }

  isPassed({ id }: Exercise): boolean {
    return this.progress.passed.includes(id);
  }

  /** The student's own copy. */
  fileOf({ folder }: Exercise): string {
    return join(folder, 'exercise.ts');
  }

  /** As the student sees it. */
  pathOf(exercise: Exercise): string {
    return relative(process.cwd(), this.fileOf(exercise)) || this.fileOf(exercise);
  }

  /** Lines about the student's own numbers; none where all have the same. */
  async numbersOf(exercise: Exercise): Promise<readonly string[]> {
    const checks = await loadChecks(exercise);
    const numbers = numbersFor(checks, exercise.id, whoOf(this.progress));
    return checks.explainNumbers?.(numbers) ?? [];
  }

  /** Runs the checks on the student's file, and notes a pass. */
  async run(
    exercise: Exercise,
    printed: (text: string) => void,
    replay: Pick<Case, 'only' | 'seed' | 'path'> = {},
  ): Promise<ExerciseResult> {
    const file = this.fileOf(exercise);
    const open = unlocked(exercise, this.progress);
    if (open !== undefined) return noneRun(exercise, 'fail', open);
    const result = await gradeFile({
      exercise,
      exercisesFolder: this.folder,
      file: existsSync(file) ? file : undefined,
      case: { who: whoOf(this.progress), ...replay },
      printed,
      programs: { runs: 1, stopsEarly: true },
    });
    if (result.status === 'pass' && replay.only === undefined) this.#notePass(exercise);
    return withFilms(result);
  }

  noteHint({ id }: Exercise, shown: number): void {
    const { progress } = this;
    writeProgress(this.folder, { ...progress, hints: { ...progress.hints, [id]: shown } });
  }

  /** Locks an exercise's predictions: what is measured afterwards is held against these. */
  lock(exercise: Exercise): void {
    const { progress } = this;
    const locked = { ...progress.locked, [exercise.id]: lockOf(exercise) };
    writeProgress(this.folder, { ...progress, locked });
  }

  /** As it was at the start. */
  noteReset({ id }: Exercise): void {
    const { progress } = this;
    const { [id]: _, ...locked } = progress.locked;
    writeProgress(this.folder, { ...progress, locked });
  }

  #notePass(exercise: Exercise): void {
    if (this.isPassed(exercise)) return;
    const { progress } = this;
    writeProgress(this.folder, { ...progress, passed: [...progress.passed, exercise.id].sort() });
  }
}
