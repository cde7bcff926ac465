/** Mutants of the reference solutions, each graded by the exercise's checks until one of them fails. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Exercise } from '../exercise/exercises.ts';
import { gradeWith } from '../grade/grade-exercise.ts';
import { JudgeThread } from '../grade/judge-host.ts';
import { withOwnNumbers } from '../grade/own-numbers.ts';
import { COURSE_SEED, type Who } from '../grade/seeds.ts';
import { LIMITS, type Limits } from '../sandbox/limits.ts';
import { readSubmission } from '../sandbox/submission.ts';
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

/** A student whose numbers hide no mutant, as a standard one of 0 does, or a multiple of the size of a fleet. */
const WHO: Who = { courseSeed: COURSE_SEED, student: 'mutant-181' };

/** Grades texts as the exercise's file, one after another. */
class Bench {
  readonly #exercise: Exercise;
  readonly #exercisesFolder: string;
  readonly #judge: JudgeThread;
  readonly #folder = mkdtempSync(join(tmpdir(), 'mutants-'));

  constructor(exercise: Exercise, exercisesFolder: string) {
    this.#exercise = exercise;
    this.#exercisesFolder = exercisesFolder;
    this.#judge = new JudgeThread({ exercise: exercise.id, exercisesFolder });
  }

  async passes(text: string): Promise<boolean> {
    const file = join(this.#folder, 'exercise.ts');
    writeFileSync(file, text);
    const results = await gradeWith(this.#judge, {
      exercise: this.#exercise,
      exercisesFolder: this.#exercisesFolder,
      code: await readSubmission(file),
      files: {},
      case: { who: WHO, stopsEarly: true },
      limits: SHORTER,
    });
    return results.every(({ status }) => status === 'pass');
  }

  async close(): Promise<void> {
    await this.#judge.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
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
      const standard = readFileSync(join(folder, name), 'utf8');
      const source = await withOwnNumbers(exercise, standard, WHO);
      const file = `${exercise.id}/${name}`;
      if (!(await bench.passes(source))) throw new Error(`${file} itself does not pass`);
      const mutants = mutantsOf(source);
      const survivors: Mutant[] = [];
      for (const mutant of mutants) if (await bench.passes(mutant.text)) survivors.push(mutant);
      scores.push({ file, mutants: mutants.length, survivors });
      said({ file, mutants: mutants.length, survivors });
    }
    return scores;
  } finally {
    await bench.close();
  }
}
