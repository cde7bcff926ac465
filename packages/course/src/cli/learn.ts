/** `pnpm learn`: the student's command. */

import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command } from 'commander';
import { EXERCISES_FOLDER, type Exercise } from '../exercise/exercises.ts';
import { Course } from '../learn/course.ts';
import { hintsOf } from '../learn/readme.ts';
import { watchCourse } from '../learn/session.ts';
import { writeSkeleton } from '../learn/skeleton.ts';
import { exerciseLines } from '../text/result-text.ts';
import { integer, UsageError } from './usage.ts';

const EXAMPLES = `
Examples:
  pnpm learn                  work on the next exercise: save, and it runs again
  pnpm learn list             how far you are
  pnpm learn hint             the next hint for the present exercise
  pnpm learn solution 01      solutions, once you have passed
  pnpm learn reset 01         start exercise 01 again`;

function say(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** The one that was named, or the one at hand. */
function chosen(course: Course, name: string | undefined): Exercise {
  if (name !== undefined) return course.named(name);
  const { next } = course;
  if (next === undefined) throw new UsageError('all exercises are passed: name one');
  return next;
}

function list(course: Course): void {
  const { next } = course;
  for (const exercise of course.exercises) {
    const present = exercise.id === next?.id ? '▸' : ' ';
    const mark = course.isPassed(exercise) ? '✓' : present;
    const { title, minutes } = exercise.rubric;
    say(`${mark} ${exercise.number}  ${title.padEnd(32)} ${String(minutes).padStart(3)} min`);
  }
}

function hint(course: Course, name: string | undefined): void {
  const exercise = chosen(course, name);
  const hints = hintsOf(exercise.folder);
  const shown = Math.min((course.progress.hints[exercise.id] ?? 0) + 1, hints.length);
  course.noteHint(exercise, shown);
  say(
    `${exercise.number} ${exercise.rubric.title}, hint ${shown} of ${hints.length}:`,
    '',
    hints[shown - 1] ?? '',
  );
}

function solution(course: Course, name: string): void {
  const exercise = course.named(name);
  if (!course.isPassed(exercise)) {
    throw new UsageError(`${exercise.id} is not passed yet; pnpm learn hint helps`);
  }
  const folder = join(exercise.folder, 'solutions');
  if (!existsSync(folder)) {
    throw new UsageError('solutions are not part of this copy: your instructor holds them');
  }
  say(...readdirSync(folder).map((file) => relative(process.cwd(), join(folder, file))));
}

function reset(course: Course, name: string): void {
  const exercise = course.named(name);
  const { folder } = exercise;
  for (const file of readdirSync(join(folder, 'starter'))) {
    cpSync(join(folder, 'starter', file), join(folder, file));
  }
  course.noteReset(exercise);
  say(`${course.pathOf(exercise)} is as it was at the start`);
}

function lock(course: Course, name: string): void {
  const exercise = course.named(name);
  if (exercise.rubric.kind !== 'predictions') {
    throw new UsageError(`${exercise.id} has no predictions to lock`);
  }
  if (course.progress.locked[exercise.id] !== undefined) {
    throw new UsageError(
      `${exercise.id} is locked already; pnpm learn reset ${name} starts it again`,
    );
  }
  course.lock(exercise);
  say(`${exercise.id}: your predictions are locked; pnpm learn measures now`);
}

interface CheckFlags {
  readonly only?: string;
  readonly seed?: number;
  readonly path?: string;
}

async function check(course: Course, name: string, flags: CheckFlags): Promise<void> {
  const exercise = course.named(name);
  if (flags.only !== undefined && exercise.rubric.points[flags.only] === undefined) {
    const known = Object.keys(exercise.rubric.points).join(', ');
    throw new UsageError(`--only ${flags.only}: ${exercise.id} has the checks ${known}`);
  }
  const result = await course.run(exercise, (text) => process.stdout.write(text), flags);
  say(...exerciseLines(result));
  if (result.status !== 'pass') process.exitCode = 1;
}

/** The command with all its parts. */
export function learnProgram(): Command {
  const program = new Command('learn')
    .description('exercises, one after another')
    .addHelpText('after', EXAMPLES);
  const open = (): Course => new Course(program.opts<{ exercises: string }>().exercises);
  program
    .option('--exercises <dir>', 'where the exercises are', EXERCISES_FOLDER)
    .option('--once', 'run the next exercise once, and end')
    .action(async (flags: { once?: boolean }) => {
      const once = flags.once === true;
      const passed = await watchCourse(open(), { once, say });
      // Whoever stops watching has not failed.
      if (once && !passed) process.exitCode = 1;
    });
  program
    .command('list')
    .description('how far you are')
    .action(() => list(open()));
  program
    .command('hint [NN]')
    .description('the next hint')
    .action((name?: string) => hint(open(), name));
  program
    .command('solution <NN>')
    .description('solutions of an exercise that is passed')
    .action((name: string) => solution(open(), name));
  program
    .command('reset <NN>')
    .description('an exercise as it was at the start')
    .action((name: string) => reset(open(), name));
  program
    .command('lock <NN>')
    .description('lock predictions, before anything is measured')
    .action((name: string) => lock(open(), name));
  program
    .command('check <NN>')
    .description('run one exercise once; a failing check names the flags that repeat it')
    .option('--only <check>', 'one check alone')
    .option('--seed <n>', 'the seed of a failure', integer(0, 2 ** 31 - 1))
    .option('--path <path>', 'leads straight to the counter-example')
    .action((name: string, flags: CheckFlags) => check(open(), name, flags));
  program
    .command('new <NN-name>')
    .description('write the skeleton of a new exercise')
    .action((name: string) => say(...writeSkeleton(open().folder, name)));
  return program;
}
