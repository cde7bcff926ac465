/** A whole class: who handed in what, what is wrong with a hand-in, and the marks of all that can be graded. */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Exercise, loadChecks } from '../exercise/exercises.ts';
import { gradePage } from '../text/grade-page.ts';
import { gradeTable, type TableRow } from '../text/grade-table.ts';
import { gradeStudent } from './grade-student.ts';
import { GRADE_SCHEMA, type Grade } from './result.ts';
import { digestOf, findExerciseFile, readOtherFiles, readSmall } from './submission-folder.ts';

/** One student's hand-in, or why there is none that can be graded. */
export interface HandIn {
  readonly student: string;
  readonly folder: string;
  readonly problem?: string;
}

const ID = /^[\p{L}\p{N}_.@+-]{1,80}$/u;

/** The id in `student.yaml` (`id: …`), else the folder's name. */
function idOf(folder: string, name: string): { student: string; problem?: string } {
  const file = join(folder, 'student.yaml');
  if (!existsSync(file)) return { student: name };
  const text = readSmall(file);
  if (text === undefined) {
    return { student: name, problem: 'student.yaml: expected a plain file of at most 4 KiB' };
  }
  try {
    const content: unknown = parse(text);
    const { id } = (content ?? {}) as { id?: unknown };
    if (typeof id === 'string' || typeof id === 'number') return { student: String(id) };
    return { student: name, problem: 'student.yaml: id: expected a text' };
  } catch (error) {
    return { student: name, problem: `student.yaml cannot be read (${firstLine(error)})` };
  }
}

/** A line where a hand-in's own progress file names another student or seed: its numbers were others than the grader's. */
export function otherNumbers({ student, folder }: HandIn, courseSeed: string): string | undefined {
  const text = ['exercises/progress.yaml', 'progress.yaml']
    .map((name) => readSmall(join(folder, name)))
    .find((found) => found !== undefined);
  if (text === undefined) return undefined;
  let own: { student?: unknown; courseSeed?: unknown } | null;
  try {
    own = parse(text);
  } catch {
    return undefined;
  }
  const [theirs, ours] = [
    [own?.student ?? '', own?.courseSeed ?? ''],
    [student, courseSeed],
  ].map(([who, seed]) => `student ${JSON.stringify(who)}, courseSeed ${JSON.stringify(seed)}`);
  if (theirs === ours) return undefined;
  return `${student}: worked with the numbers of ${theirs} (progress.yaml); graded with ${ours}`;
}

function firstLine(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? String(message).split('\n')[0] ?? '';
}

function readable(folder: string): string | undefined {
  try {
    readdirSync(folder);
    return undefined;
  } catch (error) {
    return `the folder cannot be read (${firstLine(error)})`;
  }
}

/** A name of the file system's, without what a terminal would obey. */
function printable(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}

/** All hand-ins below a folder, by id. Two with the same id are both a problem. */
export function listHandIns(submissions: string): HandIn[] {
  const found = readdirSync(submissions)
    .filter((name) => !name.startsWith('.'))
    .map((name): HandIn => {
      const folder = join(submissions, name);
      const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
      if (!isFolder) return { student: name, folder, problem: 'no folder; unpack it' };
      const unreadable = readable(folder);
      if (unreadable !== undefined) return { student: name, folder, problem: unreadable };
      const { student, problem } = idOf(folder, name);
      if (problem !== undefined) return { student, folder, problem };
      if (!ID.test(student)) {
        return {
          student,
          folder,
          problem: `the id ${JSON.stringify(student)} has other characters than letters, digits and _.@+-`,
        };
      }
      return { student, folder };
    });
  const count = new Map<string, number>();
  // Without case and composed: two files that differ in no more are one on many disks.
  for (const { student } of found) count.set(key(student), (count.get(key(student)) ?? 0) + 1);
  return found
    .map((handIn) =>
      count.get(key(handIn.student)) === 1 || handIn.problem !== undefined
        ? handIn
        : { ...handIn, problem: `the id ${handIn.student} is used by more than one folder` },
    )
    .sort((a, b) => compare(a.student, b.student) || compare(a.folder, b.folder));
}

const key = (student: string): string => student.normalize().toLowerCase();
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What to grade, and how. */
export interface ClassWork {
  readonly submissions: string;
  readonly out: string;
  readonly exercises: readonly Exercise[];
  readonly exercisesFolder: string;
  readonly courseSeed: string;
  readonly kit: string;
  readonly jobs: number;
  readonly programs: boolean;
  readonly said: (line: string) => void;
}

/** Files of an exercise that decide its marks: the rubric, the checks and what they import. */
function judgesOf({ folder }: Exercise): string[] {
  const own = readdirSync(folder).filter((name) => name.endsWith('.ts') && name !== 'exercise.ts');
  return ['rubric.yaml', ...own.sort()];
}

/** All that a student's marks depend on. */
async function inputsOf(work: ClassWork, { student, folder }: HandIn): Promise<string> {
  const parts = [GRADE_SCHEMA, work.kit, work.courseSeed, student];
  for (const exercise of work.exercises) {
    const file = findExerciseFile(folder, exercise, work.exercises.length === 1);
    parts.push(exercise.id);
    if (file === undefined) continue;
    const { files = [] } = await loadChecks(exercise);
    const size = lstatSync(file).size;
    parts.push(size > 1 << 20 ? String(size) : readFileSync(file, 'utf8'));
    parts.push(JSON.stringify(readOtherFiles(file, files)));
    for (const part of judgesOf(exercise)) {
      parts.push(readFileSync(join(exercise.folder, part), 'utf8'));
    }
  }
  return digestOf(parts);
}

/** The marks of an earlier run, if nothing that they depend on has changed. */
function earlier(file: string, inputs: string): Grade | undefined {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Grade & { inputs?: string };
    return kept.inputs === inputs ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a run that is killed leaves no half file. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

async function gradeOne(work: ClassWork, handIn: HandIn): Promise<Grade> {
  const { student, folder } = handIn;
  const file = join(work.out, `${student}.json`);
  const others = otherNumbers(handIn, work.courseSeed);
  if (others !== undefined) work.said(printable(others));
  const inputs = await inputsOf(work, handIn);
  const known = earlier(file, inputs);
  const grade = known ?? {
    ...(await gradeStudent({ ...work, student, folder })),
    inputs,
  };
  if (known === undefined) writeWhole(file, `${JSON.stringify(grade, null, 2)}\n`);
  writeWhole(join(work.out, `${student}.html`), gradePage(grade));
  const score = grade.exercises.reduce((sum, exercise) => sum + exercise.score, 0);
  const maxScore = grade.exercises.reduce((sum, exercise) => sum + exercise.maxScore, 0);
  work.said(`${student}  ${score}/${maxScore}${known === undefined ? '' : '  (as before)'}`);
  return grade;
}

/** Grades all hand-ins; writes a JSON and a page per student and one table. @returns the table's rows */
export async function gradeClass(work: ClassWork): Promise<TableRow[]> {
  mkdirSync(work.out, { recursive: true });
  const handIns = listHandIns(work.submissions);
  const rows: TableRow[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < handIns.length; i = next++) {
      const handIn = handIns[i] as HandIn;
      const { student, problem } = handIn;
      if (problem !== undefined) {
        work.said(`${printable(student)}  not graded: ${problem}`);
        rows[i] = { student, problem };
        continue;
      }
      rows[i] = await gradeOne(work, handIn).then(
        (grade) => ({ student, grade }),
        (error: unknown) => {
          const why = firstLine(error);
          work.said(`${student}  not graded: ${why}`);
          return { student, problem: why };
        },
      );
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, work.jobs) }, worker));
  const ids = work.exercises.map(({ id }) => id);
  writeWhole(join(work.out, 'grades.csv'), gradeTable(ids, rows));
  return rows;
}
