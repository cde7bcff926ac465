/** Subjects without a configuration of ours: no balancer, any command, any address. */

import { freePort } from '@evenkeel/backends';
import { UsageError } from '../usage.ts';
import { startProgram } from './program.ts';
import { OWN_STRATEGY, type RunningSubject, type Subject } from './subject.ts';

const notOurs = {
  pid: null,
  adminUrl: null,
  accessLogFile: null,
  exitedEpochMs: () => null,
  stop: async (): Promise<void> => {},
};

/** No balancer at all: the generator itself takes the backends in turn. The cost of everything else. */
export const direct: Subject = {
  name: 'direct',
  isElsewhere: false,
  takesActions: false,
  takes: () => false,
  unavailable: () => null,
  strategies: () => [OWN_STRATEGY],
  async start({ targets }): Promise<RunningSubject> {
    return { ...notOurs, origins: targets.map(({ url }) => url) };
  },
};

/**
 * `cmd:NAME:COMMAND`: a command line for /bin/sh. `{port}` (where it has to listen, on 127.0.0.1),
 * `{backends}` (URLs with commas) and `{strategy}` are filled in; PORT, BACKENDS and STRATEGY in its
 * environment say the same.
 */
export function commandSubject(name: string, command: string): Subject {
  if (!command.includes('{port}') && !command.includes('PORT')) {
    throw new UsageError(
      `--subjects cmd:${name}: expected {port} in the command, got "${command}"`,
    );
  }
  const listens = /\{strategy\}|STRATEGY/.test(command);
  return {
    name,
    isElsewhere: false,
    takesActions: false,
    takes: () => false,
    unavailable: () => null,
    strategies: (asked) => (listens ? asked : [OWN_STRATEGY]),
    async start({ targets, strategy }): Promise<RunningSubject> {
      const port = await freePort();
      const backends = targets.map(({ url }) => url).join(',');
      const filled = command
        .replaceAll('{port}', String(port))
        .replaceAll('{backends}', backends)
        .replaceAll('{strategy}', strategy);
      const env = { PORT: String(port), BACKENDS: backends, STRATEGY: strategy };
      return await startProgram({ name, command: '/bin/sh', args: ['-c', filled], env, port });
    },
  };
}

/** `url:NAME:URL`: a balancer that runs already, over backends of its own choice. */
export function urlSubject(name: string, url: string): Subject {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.protocol !== 'http:') {
    throw new UsageError(`--subjects url:${name}: expected an http:// URL, got "${url}"`);
  }
  return {
    name,
    isElsewhere: true,
    takesActions: false,
    takes: () => false,
    unavailable: () => null,
    strategies: () => [OWN_STRATEGY],
    start: async () => ({ ...notOurs, origins: [parsed.origin] }),
  };
}
