/** A reader of the access log that does not read: traffic goes on, lost lines are counted, the end comes in time. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Backend,
  freePort,
  killPrograms,
  startBackend,
  startProgram,
  until,
} from './support.ts';

const REQUESTS = 1_200;
const LONG_PATH = `/${'x'.repeat(8_000)}`;

let a: Backend;

beforeEach(async () => {
  a = await startBackend('a');
});

afterEach(async () => {
  await killPrograms();
  await a.stop();
});

test('an access log on a pipe that is not read', async () => {
  const admin = `127.0.0.1:${await freePort()}`;
  const args = ['--backends', a.url, '--port', '0', '--admin', admin, '--access-log', '-'];
  const program = await startProgram([...args, '--drain-timeout', '2000']);
  program.process.stdout?.pause();
  const client = async (): Promise<void> => {
    for (let i = 0; i < REQUESTS / 8; i++) {
      const response = await fetch(program.url + LONG_PATH);
      expect(await response.text()).toBe('a');
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  const metrics = await (await fetch(`http://${admin}/metrics`)).text();
  const dropped = /^evenkeel_access_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1];
  expect(Number(dropped)).toBeGreaterThan(0);
  program.process.kill('SIGTERM');
  expect(await new Promise((resolve) => program.process.once('exit', resolve))).toBe(0);
  const lost = 'access log: the last lines could not be written';
  await until(() => program.stderr.includes(lost), 'it says that lines are lost');
  await until(() => /access log: \d+ lines were dropped/.test(program.stderr), 'and how many');
});
