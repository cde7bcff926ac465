/** Entry point of `pnpm learn`, `pnpm grade`, `pnpm handout` and `pnpm blackbox`. */

import { blackboxProgram } from './cli/blackbox.ts';
import { gradeProgram } from './cli/grade.ts';
import { handoutProgram } from './cli/handout.ts';
import { learnProgram } from './cli/learn.ts';
import { runProgram } from './cli/usage.ts';

// A reader that has seen enough, as in `pnpm learn list | head`.
process.stdout.on('error', () => process.exit());

const [name, ...argv] = process.argv.slice(2);
const programs = {
  learn: learnProgram,
  grade: gradeProgram,
  blackbox: blackboxProgram,
  handout: handoutProgram,
};
const make = programs[name as keyof typeof programs];
if (make === undefined) {
  process.stderr.write(`error: expected one of ${Object.keys(programs).join(', ')}, got ${name}\n`);
  process.exitCode = 2;
} else process.exitCode = await runProgram(make(), argv);
