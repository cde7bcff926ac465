/** Evenkeel itself, as a user would start it: a configuration file and the command. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@evenkeel/backends';
import { strategyFileOf } from '@evenkeel/sim';
import { startProgram } from './program.ts';
import type { RunningSubject, Subject } from './subject.ts';

const MAIN = fileURLToPath(new URL('../../../lb/src/main.ts', import.meta.url));

export const evenkeel: Subject = {
  name: 'evenkeel',
  isElsewhere: false,
  takesActions: true,
  unavailable: () => null,
  strategies: (asked) => asked,
  async start({ targets, strategy, lb, dir, accessLog }): Promise<RunningSubject> {
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
    const args = [MAIN, 'serve', '--config', file, '--log-level', 'warn'];
    if (strategyFile !== undefined) args.push('--strategy-file', strategyFile);
    if (accessLogFile !== null) args.push('--access-log', accessLogFile);
    const running = await startProgram({ name: 'evenkeel', command: process.execPath, args, port });
    return { ...running, adminUrl: `http://127.0.0.1:${adminPort}`, accessLogFile };
  },
};
