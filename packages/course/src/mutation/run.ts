/** Mutants of the reference solutions, each graded by the exercise's checks until one of them fails. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Exercise } from '../exercise/exercises.ts';
import { gradeWith } from '../grade/grade-exercise.ts';
import { JudgeThread } from '../grade/judge-host.ts';
import { withOwnNumbers } from '../grade/own-numbers.ts';
import { COURSE_SEED, type Who } from '../grade/seeds.ts';
import { compiled } from '../sandbox/compiler/compile.ts';
import { LIMITS, type Limits } from '../sandbox/limits.ts';
import { type Mutant, mutantsOf } from './mutants.ts';

/** What became of the mutants of one solution. */
export interface SolutionScore {
  /** `04-least-connections/own-counts.ts`. */
  readonly file: string;
  readonly mutants: number;
  readonly survivors: readonly Mutant[];
}

/** An endless loop, as many mutants are, need not be waited for as long as a student's. */
const SHORTER: Limits = { ...LIMITS, callMs: 3_000, exerciseMs: 60_000, deaths: 1 };

/**
 * Two students, because a number can hide a mutant: a standard one of 0 does, a multiple of the size of a fleet, and
 * each of two rules for ties hides a mutant of the other.
 */
const STUDENTS: readonly Who[] = ['mutant-181', 'mutant-1'].map((student) => ({
  courseSeed: COURSE_SEED,
  student,
}));

/** Grades texts as the exercise's file, one after another. */
class Bench {
  readonly #exercise: Exercise;
  readonly #exercisesFolder: string;
  readonly #judge: JudgeThread;

  constructor(exercise: Exercise, exercisesFolder: string) {
    this.#exercise = exercise;
    this.#exercisesFolder = exercisesFolder;
    this.#judge = new JudgeThread({ exercise: exercise.id, exercisesFolder });
  }

  async passes(text: string, who: Who): Promise<boolean> {
    const results = await gradeWith(this.#judge, {
      exercise: this.#exercise,
      exercisesFolder: this.#exercisesFolder,
      code: await compiled(text),
      files: {},
      case: { who, stopsEarly: true },
      limits: SHORTER,
    });
    return results.every(({ status }) => status === 'pass');
  }

  async close(): Promise<void> {
    await this.#judge.close();
  }
}

/** Each student's mutants stand in the same order: the texts differ in the values of constants only. */
async function scoreOf(
  bench: Bench,
  exercise: Exercise,
  file: string,
  solution: string,
): Promise<SolutionScore> {
  const students = await Promise.all(
    STUDENTS.map(async (who) => {
      const text = await withOwnNumbers(exercise, solution, who);
      return { who, text, mutants: mutantsOf(text) };
    }),
  );
  for (const { who, text } of students) {
    if (!(await bench.passes(text, who))) throw new Error(`${file} itself does not pass`);
  }
  const mutants = students[0]?.mutants ?? [];
  const survivors: Mutant[] = [];
  for (const [i, mutant] of mutants.entries()) {
    let passes = true;
    for (const { who, mutants: own } of students) {
      const { text } = own[i] as Mutant;
      passes &&= await bench.passes(text, who);
    }
    if (passes) survivors.push(mutant);
  }
  return { file, mutants: mutants.length, survivors };
}

/** The mutants of all solutions of an exercise; says each solution when it is done. */
export async function mutationScores(
  exercise: Exercise,
  exercisesFolder: string,
  said: (score: SolutionScore) => void,
): Promise<SolutionScore[]> {
  const bench = new Bench(exercise, exercisesFolder);
  const scores: SolutionScore[] = [];
  try {
    const folder = join(exercise.folder, 'solutions');
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts'))) {
      const file = `${exercise.id}/${name}`;
      const score = await scoreOf(bench, exercise, file, readFileSync(join(folder, name), 'utf8'));
      scores.push(score);
      said(score);
    }
    return scores;
  } finally {
    await bench.close();
  }
}
