/** The commands of examples/from-scratch, started as they are written there. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Backend, startBackend, until } from '../program/support.ts';

const FOLDER = join(import.meta.dirname, '../../../../examples/from-scratch');
let backends: Backend[];

beforeEach(async () => {
  backends = await Promise.all(['a', 'b', 'c'].map((name) => startBackend(name)));
});

afterEach(() => Promise.all(backends.map((backend) => backend.stop())));

/** Starts a script; kills one of three backends; asks. @returns the names that answered, and what it printed */
async function runScript(
  name: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<{ answers: Set<string>; output: string }> {
  const path = `${join(process.execPath, '..')}:${process.env.PATH}`;
  const child = spawn(join(FOLDER, name), args, { env: { PATH: path, ...environment } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      output += text;
    });
  }
  try {
    await until(() => /listening on/.test(output) || child.exitCode !== null, 'it listens');
    const url = /listening on (http:\S+)/.exec(output)?.[1] ?? '';
    await backends[1]!.stop();
    const answers = new Set<string>();
    for (let i = 0; i < 6; i++) {
      const response = await fetch(url, { headers: { connection: 'close' } });
      answers.add(await response.text());
    }
    return { answers, output };
  } finally {
    const closed = once(child, 'close');
    if (child.kill('SIGTERM')) await closed;
  }
}

test('(b) a list in USERS_SERVICE, separated by semicolons, and PORT', async () => {
  const list = backends.map(({ url }) => url).join(';');
  const { answers } = await runScript('b-users-service.sh', [], { USERS_SERVICE: list, PORT: '0' });
  expect(answers).toEqual(new Set(['a', 'c']));
});

test("(c) flags as Go's programs have them, with a hint", async () => {
  const list = backends.map(({ url }) => url).join();
  const args = ['-backends', list, '-port', '0'];
  const { answers, output } = await runScript('c-flags.sh', args, {});
  expect(answers).toEqual(new Set(['a', 'c']));
  expect(output).toContain('-backends is read as --backends');
  expect(output).toContain('-port is read as --port');
});
