/** `pnpm sim reference`: renews the page about scenario files. */

import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { scenarioReference } from '../scenario/reference.ts';
import { displayFor, writeText } from './output.ts';

/** Where the page is. */
export const REFERENCE_FILE: string = fileURLToPath(
  new URL('../../../../docs/reference/scenarios.md', import.meta.url),
);

/** `pnpm sim reference`. */
export function addReferenceCommand(program: Command): void {
  program
    .command('reference')
    .description('Writes docs/reference/scenarios.md from the schema of scenario files.')
    .addHelpText('after', '\nExample:\n  pnpm sim reference')
    .action(() => {
      writeText(REFERENCE_FILE, scenarioReference());
      displayFor(undefined).line(relative(process.cwd(), REFERENCE_FILE));
    });
}
