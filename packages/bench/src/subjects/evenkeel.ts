/** Evenkeel itself, as a user would start it: a configuration file and the command. */

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@evenkeel/backends';
import { strategyFileOf } from '@evenkeel/sim';
import { UsageError } from '../usage.ts';
import { startProgram } from './program.ts';
import type { Assignment, RunningSubject, Subject } from './subject.ts';

const MAIN = fileURLToPath(new URL('../../../lb/src/main.ts', import.meta.url));

export const evenkeel: Subject = subjectOf('evenkeel', []);

/**
 * `policy:NAME:KIND=FILE`: evenkeel with a policy of the user's own, or several: `KIND=FILE,KIND=FILE`. Which kinds
 * there are, and what is wrong with one, `--policy` of the command says.
 */
export function evenkeelWith(name: string, policies: string): Subject {
  const given = policies.split(',').map((text) => text.trim());
  for (const text of given) {
    const [, file] = /^[^=]+=(.+)$/.exec(text) ?? [];
    if (file === undefined || !existsSync(file)) {
      throw new UsageError(
        `--subjects policy:${name}: expected KIND=FILE with a file that exists, got "${text}"`,
      );
    }
  }
  return subjectOf(
    name,
    given.flatMap((text) => ['--policy', text]),
  );
}

function subjectOf(name: string, flags: readonly string[]): Subject {
  return {
    name,
    isElsewhere: false,
    takesActions: true,
    takes: () => true,
    unavailable: () => null,
    strategies: (asked) => asked,
    start: (assignment) => start(name, flags, assignment),
  };
}

async function start(
  name: string,
  flags: readonly string[],
  { targets, strategy, lb, dir, accessLog }: Assignment,
): Promise<RunningSubject> {
  const port = await freePort();
  const adminPort = await freePort();
  const file = join(dir, 'evenkeel.json');
  const strategyFile = strategyFileOf(strategy);
  const config = {
    ...lb,
    listen: { host: '127.0.0.1', port },
    admin: { listen: `127.0.0.1:${adminPort}` },
    ...(strategyFile === undefined && { strategy }),
    backends: targets.map(({ id, url, weight }) => ({ id, url, weight })),
  };
  await writeFile(file, JSON.stringify(config, null, 2));
  const accessLogFile = accessLog ? join(dir, 'access.log') : null;
  const args = [MAIN, 'serve', '--config', file, '--log-level', 'warn', ...flags];
  if (strategyFile !== undefined) args.push('--strategy-file', strategyFile);
  if (accessLogFile !== null) args.push('--access-log', accessLogFile);
  const running = await startProgram({ name, command: process.execPath, args, port });
  return { ...running, adminUrl: `http://127.0.0.1:${adminPort}`, accessLogFile };
}
