/** `pnpm handout`: writes what students get. */

import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { KIT_FOLDER } from '../exercise/exercises.ts';
import { writeHandout } from '../handout/handout.ts';
import { UsageError } from './usage.ts';

const EXAMPLES = `
Example:
  pnpm handout --out ~/load-balancing-course`;

/** The command. */
export function handoutProgram(): Command {
  return new Command('handout')
    .description('the kit as students get it: no solutions, no tests, every exercise at its start')
    .requiredOption('--out <dir>', 'a new or empty folder')
    .addHelpText('after', EXAMPLES)
    .action(({ out }: { out: string }) => {
      if (existsSync(out) && readdirSync(out).length > 0) {
        throw new UsageError(`--out: expected a new or empty folder, got ${out}`);
      }
      const count = writeHandout(KIT_FOLDER, resolve(out));
      process.stdout.write(`${count} files in ${out}; there: npx -y pnpm@12 learn\n`);
    });
}
