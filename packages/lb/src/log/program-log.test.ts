/** The program's log: no control character of a message, and no reader that can stop the program. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Runs `program` with `log` at hand. @param reads whether standard error is read */
async function run(
  format: string,
  program: string,
  reads: boolean,
): Promise<{ exitCode: number; stderr: string }> {
  const source = `
    const { createProgramLog } = await import(process.argv[1]);
    const log = createProgramLog({ level: 'info', format: '${format}' });
    ${program}
    process.exit(3);
  `;
  const file = join(import.meta.dirname, 'program-log.ts');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  if (reads) {
    child.stderr.on('data', (part) => {
      stderr += part;
    });
  }
  const [exitCode] = await once(child, reads ? 'close' : 'exit');
  child.stderr.destroy();
  return { exitCode, stderr };
}

for (const format of ['json', 'pretty']) {
  test(`${format}: one line per message, with control characters escaped`, async () => {
    const program = `log.warn('a \\u009b31m \\u001b[1m\\nb'); log.debug('unheard');`;
    const { exitCode, stderr } = await run(format, program, true);
    expect(exitCode).toBe(3);
    expect(stderr.trimEnd()).not.toMatch(/\p{Cc}/u);
    expect(stderr).toMatch(/a \\+u009b31m \\+u001b\[1m\\+u000ab/);
    expect(stderr).not.toContain('unheard');
  });

  test(`${format}: a reader that does not read does not stop the program`, async () => {
    const program = `for (let i = 0; i < 5000; i++) log.info('x'.repeat(500));`;
    expect(await run(format, program, false)).toEqual({ exitCode: 3, stderr: '' });
  });
}
