/** `pnpm bench --self-test`: what is counted is told on any machine; the rest asks for a quiet one. */

import { expect, it } from 'vitest';
import { runCommand } from './support/command.ts';

it('the self-test tells a freeze, an overload and dropped requests, and ends in a sentence', async () => {
  const { stdout, code } = await runCommand('bench', '--self-test');
  expect(stdout).toMatch(/^told {2}overloaded generator$/m);
  expect(stdout).toMatch(/^told {2}one in a thousand dropped$/m);
  expect(stdout).toMatch(/measured: 3 lost/);
  expect(stdout).toMatch(code === 0 ? /all 4 were told/ : /\d of 4 were not told/);
});
