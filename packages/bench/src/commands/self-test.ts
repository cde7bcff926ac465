/** `pnpm bench --self-test`: whether this bench tells, on this machine, what is known of four servers. */

import { Generators } from '../load/generators.ts';
import type { Display } from '../output/display.ts';
import { CASES, type CaseResult, runCase } from '../self-test/cases.ts';
import { EXIT } from './exit-code.ts';

/** Returns the exit code: 0 where all of it was told. */
export async function selfTest(display: Display): Promise<number> {
  await using generator = new Generators();
  const untold: CaseResult[] = [];
  for (const [i, one] of CASES.entries()) {
    display.status(`self-test  ${one.name}`, i / CASES.length);
    const result = await runCase(one, generator);
    if (!result.told) untold.push(result);
    display.line(`${signOf(result)}  ${result.name}\n          ${result.text}`);
  }
  display.line(`\n${conclusion(untold)}`);
  return untold.length === 0 ? EXIT.ok : EXIT.failed;
}

function signOf({ told, isMachine }: CaseResult): string {
  if (told) return 'told';
  return isMachine ? 'TOO BUSY' : 'NOT TOLD';
}

function conclusion(untold: readonly CaseResult[]): string {
  const all = CASES.length;
  if (untold.length === 0) {
    return `all ${all} were told: figures of this bench on this machine can be believed`;
  }
  const of = `${untold.length} of ${all} were not told`;
  return untold.every(({ isMachine }) => isMachine)
    ? `${of}: nothing was told wrongly, but this machine is too busy or too slow for times`
    : `${of}: figures of this bench on this machine cannot be believed`;
}
