/** `pnpm bench --self-test`: whether this bench tells, on this machine, what is known of four servers. */

import { Generators } from '../load/generators.ts';
import type { Display } from '../output/display.ts';
import { CASES, runCase } from '../self-test/cases.ts';
import { EXIT } from './exit-code.ts';

/** Returns the exit code: 0 where all of it was told. */
export async function selfTest(display: Display): Promise<number> {
  await using generator = new Generators();
  let untold = 0;
  for (const [i, one] of CASES.entries()) {
    display.status(`self-test  ${one.name}`, i / CASES.length);
    const { name, told, text } = await runCase(one, generator);
    if (!told) untold++;
    display.line(`${told ? 'told' : 'NOT TOLD'}  ${name}\n          ${text}`);
  }
  display.line(
    untold === 0
      ? `\nall ${CASES.length} were told: figures of this bench on this machine can be believed`
      : `\n${untold} of ${CASES.length} were not told: this machine is too busy or too slow for the bench`,
  );
  return untold === 0 ? EXIT.ok : EXIT.failed;
}
