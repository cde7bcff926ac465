/** `pnpm grade`: marks for one working copy, one hand-in, or a class. */

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import {
  EXERCISES_FOLDER,
  type Exercise,
  exerciseNamed,
  KIT_FOLDER,
  listExercises,
} from '../exercise/exercises.ts';
import { gradeClass } from '../grade/class.ts';
import { gradeStudent } from '../grade/grade-student.ts';
import type { Grade } from '../grade/result.ts';
import { rounded } from '../grade/result.ts';
import { COURSE_SEED, type Who } from '../grade/seeds.ts';
import { readProgress } from '../learn/progress.ts';
import { classroomOf } from '../text/classroom.ts';
import { gradescopeOf } from '../text/gradescope.ts';
import { exerciseLines } from '../text/result-text.ts';
import { integer, UsageError } from './usage.ts';

const EXAMPLES = `
Examples:
  pnpm grade                                            all exercises of this copy
  pnpm grade 01 02 --json -                             two of them, as JSON
  pnpm grade 04 --submission ~/inbox/ada --format gradescope --json results.json
  pnpm grade --submissions ~/inbox --out ~/marks --jobs 4 --course-seed autumn`;

/** Forms of learning platforms. */
const PLATFORMS = { gradescope: gradescopeOf, classroom: classroomOf };

const isPlatform = (format: string): format is keyof typeof PLATFORMS => format in PLATFORMS;

interface Flags {
  readonly exercises: string;
  readonly submission?: string;
  readonly submissions?: string;
  readonly out?: string;
  readonly jobs: number;
  readonly json?: string;
  readonly format: 'text' | 'json' | keyof typeof PLATFORMS;
  readonly courseSeed?: string;
  readonly student?: string;
  readonly programs: boolean;
}

/** The version of the kit, as every grade records it. */
function kitVersion(): string {
  const { version } = JSON.parse(readFileSync(join(KIT_FOLDER, 'package.json'), 'utf8')) as {
    version: string;
  };
  return version;
}

function folder(flag: string, path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`${flag}: expected a folder, got ${path}`);
  }
  return path;
}

function write(target: string, text: string): void {
  if (target === '-') process.stdout.write(text);
  else writeFileSync(target, text);
}

function textOf(grade: Grade): string {
  const score = rounded(grade.exercises.reduce((sum, exercise) => sum + exercise.score, 0));
  const maxScore = rounded(grade.exercises.reduce((sum, exercise) => sum + exercise.maxScore, 0));
  const lines = grade.exercises.flatMap((result) => [...exerciseLines(result), '']);
  const limits = grade.limits.map((limit) => `  ${limit}`);
  return `${[...lines, `total ${score}/${maxScore}`, `kit ${grade.kit}, course seed ${grade.seed}, limits:`, ...limits].join('\n')}\n`;
}

function show(grade: Grade, { json, format }: Flags): void {
  const structured = isPlatform(format) ? PLATFORMS[format](grade) : grade;
  const text = `${JSON.stringify(structured, null, 2)}\n`;
  if (json !== undefined) write(json, text);
  if (json !== '-')
    process.stdout.write(format === 'text' ? textOf(grade) : json === undefined ? text : '');
}

async function gradeMany(exercises: readonly Exercise[], flags: Flags): Promise<void> {
  const { submissions = '', out, jobs, courseSeed = COURSE_SEED } = flags;
  if (out === undefined) throw new UsageError('--submissions needs --out DIR, where the marks go');
  folder('--submissions', submissions);
  const said = (line: string): void => {
    (flags.json === '-' ? process.stderr : process.stdout).write(`${line}\n`);
  };
  const kit = kitVersion();
  const rows = await gradeClass({
    ...{
      submissions,
      out,
      exercises,
      exercisesFolder: flags.exercises,
      courseSeed,
      kit,
      jobs,
      said,
    },
    programs: flags.programs,
  });
  if (flags.json !== undefined) write(flags.json, `${JSON.stringify(rows, null, 2)}\n`);
  said(`marks: ${join(out, 'grades.csv')}`);
}

/** As the flags say; of this copy, as its progress file says. What is handed in is not asked who wrote it. */
function whoseWork({ submission, exercises, student, courseSeed }: Flags): Who {
  const own = submission === undefined ? readProgress(exercises) : undefined;
  return {
    student: student ?? own?.student ?? '',
    courseSeed: courseSeed ?? own?.courseSeed ?? COURSE_SEED,
  };
}

async function run(names: readonly string[], flags: Flags): Promise<void> {
  const all = listExercises(flags.exercises);
  const exercises = names.length === 0 ? all : names.map((name) => exerciseNamed(name, all));
  if (flags.submissions !== undefined) return gradeMany(exercises, flags);
  const who = whoseWork(flags);
  const grade = await gradeStudent({
    ...who,
    folder: folder('--submission', flags.submission ?? flags.exercises),
    exercises,
    exercisesFolder: flags.exercises,
    kit: kitVersion(),
    programs: flags.programs,
  });
  show(grade, flags);
}

/** The command. */
export function gradeProgram(): Command {
  return new Command('grade')
    .description('marks: for this copy, one hand-in (--submission) or a class (--submissions)')
    .argument('[NN...]', 'which exercises (default: all)')
    .option('--submission <dir>', 'one hand-in instead of this copy')
    .option('--submissions <dir>', 'a folder per student; needs --out')
    .option('--out <dir>', 'for grades.csv, and a JSON and an HTML file per student')
    .option('--jobs <n>', 'students at a time', integer(1, 256), 1)
    .option('--course-seed <s>', 'decides seeds, numbers and hidden scenarios')
    .option(
      '--student <id>',
      'whose numbers to use (default: of this copy, the one in progress.yaml)',
    )
    .option('--programs', 'run programs (exercise 12) too: they run outside the sandbox', false)
    .option('--json <file>', '- is standard output')
    .addOption(
      new Option('--format <format>', 'gradescope and classroom: docs/teaching.md')
        .choices(['text', 'json', ...Object.keys(PLATFORMS)])
        .default('text'),
    )
    .option('--exercises <dir>', 'where the exercises are', EXERCISES_FOLDER)
    .addHelpText('after', EXAMPLES)
    .action((names: string[], flags: Flags) => run(names, flags));
}
