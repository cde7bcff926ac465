/** The watch loop of `pnpm learn`: run, show, wait for a save, run again; after a pass go on to the next. */

import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Exercise, loadChecks } from '../exercise/exercises.ts';
import type { ExerciseResult } from '../grade/result.ts';
import { exerciseLines } from '../text/result-text.ts';
import type { Course } from './course.ts';
import { hintsOf } from './readme.ts';
import { changed, stampOf } from './watch.ts';

/** How to watch. */
export interface SessionOptions {
  /** One run, no waiting. */
  readonly once: boolean;
  readonly say: (...lines: string[]) => void;
}

function bar(course: Course): string {
  const { next } = course;
  const marks = course.exercises.map((exercise) =>
    course.isPassed(exercise) ? '✓' : exercise.id === next?.id ? '▸' : '·',
  );
  const passed = course.exercises.filter((exercise) => course.isPassed(exercise)).length;
  return `${marks.join('')}  ${passed} of ${course.exercises.length} passed`;
}

async function introduce(
  course: Course,
  exercise: Exercise,
  say: SessionOptions['say'],
): Promise<void> {
  const readme = relative(process.cwd(), join(exercise.folder, 'README.md'));
  const { title, minutes } = exercise.rubric;
  say('', bar(course), '', `${exercise.number} ${title} (about ${minutes} minutes)`);
  say(`  read   ${readme}`, `  write  ${course.pathOf(exercise)}`);
  for (const line of await course.numbersOf(exercise)) say(`  yours: ${line}`);
  say('');
}

function celebrate(course: Course, exercise: Exercise, say: SessionOptions['say']): void {
  const { next } = course;
  const { number, folder } = exercise;
  const solutions = ` \`pnpm learn solution ${number}\` shows solutions to compare with.`;
  // A handout has none.
  say('', `${number} is passed.${existsSync(join(folder, 'solutions')) ? solutions : ''}`);
  if (next === undefined)
    say('That was the last one: you have built every part of a load balancer.');
  else say(`${next.number} ${next.rubric.title} is unlocked.`);
}

/** Keys at a terminal: h, l, q. Elsewhere Ctrl-C ends it. */
function listenToKeys(
  course: Course,
  say: SessionOptions['say'],
  stop: AbortController,
): () => void {
  const { stdin } = process;
  if (!stdin.isTTY) return () => {};
  const pressed = (key: Buffer): void => {
    const letter = key.toString();
    if (letter === 'q' || letter === '\u0003') stop.abort();
    if (letter === 'l') say(bar(course));
    const { next } = course;
    if (letter !== 'h' || next === undefined) return;
    const hints = hintsOf(next.folder);
    const shown = Math.min((course.progress.hints[next.id] ?? 0) + 1, hints.length);
    course.noteHint(next, shown);
    say(`hint ${shown} of ${hints.length}:`, '', hints[shown - 1] ?? '');
  };
  stdin.setRawMode(true).resume().on('data', pressed);
  return () => {
    stdin.off('data', pressed).setRawMode(false).pause();
  };
}

async function filesOf(course: Course, exercise: Exercise): Promise<string[]> {
  const file = course.fileOf(exercise);
  const { files = [] } = await loadChecks(exercise);
  return [file, ...files.map((name) => join(dirname(file), name))];
}

async function runOnce(
  course: Course,
  exercise: Exercise,
  say: SessionOptions['say'],
): Promise<ExerciseResult> {
  const result = await course.run(exercise, (text) => say(`  your output: ${text.trimEnd()}`));
  say(...exerciseLines(result));
  return result;
}

/** Runs until all is passed, the user stops, or, with `once`, one run is over. @returns whether it passed */
export async function watchCourse(course: Course, { once, say }: SessionOptions): Promise<boolean> {
  const stop = new AbortController();
  const release = once ? () => {} : listenToKeys(course, say, stop);
  const interrupted = (): void => stop.abort();
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    for (let exercise = course.next; exercise !== undefined; exercise = course.next) {
      await introduce(course, exercise, say);
      const files = await filesOf(course, exercise);
      for (;;) {
        // Before the run: what is saved while it runs must not be missed.
        const before = stampOf(files);
        const { status } = await runOnce(course, exercise, say);
        if (status === 'pass') break;
        if (once) return false;
        say(
          '',
          process.stdin.isTTY ? 'waiting for a save; h hint, l list, q quit' : 'waiting for a save',
        );
        if (!(await changed(files, before, stop.signal))) return false;
      }
      celebrate(course, exercise, say);
      if (once) return true;
    }
    say('', bar(course), 'All exercises are passed.');
    return true;
  } finally {
    release();
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
  }
}
