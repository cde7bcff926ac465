/**
 * Do the checks catch what a mistake makes of a solution? `node packages/course/src/mutation/main.ts [NN…]` mutates the
 * solutions of exercises 01–04 and 06–10; exit code 1 if a survivor is not argued in mutation/survivors.yaml, or
 * fewer than 95 % of a solution's mutants are caught.
 */

import { EXERCISES_FOLDER, exerciseNamed, listExercises } from '../exercise/exercises.ts';
import { mutationScores, type SolutionScore } from './run.ts';
import { MUTATED, wrongWith } from './verdict.ts';

const names = process.argv.slice(2);
const all = listExercises(EXERCISES_FOLDER);
const exercises = (names.length > 0 ? names : MUTATED).map((name) => exerciseNamed(name, all));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function told({ file, mutants, survivors }: SolutionScore): string {
  const caught = mutants - survivors.length;
  const percent = ((100 * caught) / mutants).toFixed(1);
  return `${file.padEnd(48)} ${String(caught).padStart(3)} of ${String(mutants).padStart(3)} caught  ${percent.padStart(5)} %`;
}

for (const exercise of exercises) {
  const scores = await mutationScores(exercise, EXERCISES_FOLDER, (score) => {
    say(told(score));
    for (const { line, from, to } of score.survivors)
      say(`  survives: line ${line}: ${from} → ${to}`);
  });
  for (const wrong of wrongWith(scores)) {
    say(`wrong: ${wrong}`);
    process.exitCode = 1;
  }
}
