/** An exercise whose submission is a program: marked by the black box. */

import { dirname } from 'node:path';
import { LEVELS, type LevelResult, scoreCard } from '../blackbox/score-card.ts';
import type { Exercise } from '../exercise/exercises.ts';
import { type ExerciseResult, rounded, summed, type TestResult } from './result.ts';
import { readOtherFiles } from './submission-folder.ts';

/** The file that says how the program is started. */
export const COMMAND_FILE = 'command.txt';

/** How thoroughly. */
export interface ProgramRuns {
  readonly runs: number;
  /** End with the first level that fails: quick, for a student at work. */
  readonly stopsEarly: boolean;
}

function resultOf(
  number: number,
  points: number,
  found: LevelResult | undefined,
  command: string,
): TestResult {
  const name = `L${number}`;
  const about = LEVELS.find((level) => level.number === number)?.title ?? '';
  const common = { name, about, maxScore: points };
  if (found === undefined)
    return { ...common, status: 'fail', score: 0, message: 'not run: an earlier level failed' };
  if (found.verdict === 'pass') return { ...common, status: 'pass', score: points, message: '' };
  const mixed =
    found.verdict === 'unknown' ? `unknown (${found.passed} of ${found.runs} runs passed): ` : '';
  const replay = `pnpm blackbox --command "${command}" --levels ${number}`;
  return { ...common, status: 'fail', score: 0, message: `${mixed}${found.message}`, replay };
}

/** The levels as tests; the points are the rubric's. */
export async function gradeProgram(
  { id, rubric }: Exercise,
  file: string,
  how: ProgramRuns,
): Promise<ExerciseResult> {
  const command = readOtherFiles(file, [COMMAND_FILE])[COMMAND_FILE]?.trim() ?? '';
  const { levels } = await scoreCard(
    { command, cwd: dirname(file) },
    { ...how, levels: LEVELS, repeat: 0, said: () => {} },
  );
  const tests = LEVELS.map(({ number }) =>
    resultOf(
      number,
      rounded(rubric.points[`L${number}`] ?? 0),
      levels.find(({ level }) => level === number),
      command,
    ),
  );
  return summed(id, tests, rubric.passAt);
}
