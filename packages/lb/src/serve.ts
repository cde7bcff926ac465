/**
 * `evenkeel serve`: a load balancer as a process. It says when it is ready, ends on signals, and
 * reads its configuration again when asked to.
 */

import { type ConfigFile, formatAddress } from '@evenkeel/config';
import { ConfigError } from './config/error.ts';
import { resolveConfig } from './config/resolve.ts';
import type { Config } from './config/types.ts';
import { warnAboutFileLimit } from './file-limit.ts';
import { createProgramLog, type ProgramLog } from './log/program-log.ts';
import { createLoadBalancer, type LoadBalancer } from './server.ts';
import { strategyTable } from './services.ts';

/** Where text for users goes. */
export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export const EXIT_OK = 0;
/** The system refused something: a port is taken, a file cannot be opened. */
export const EXIT_RUNTIME = 1;
/** The command line or the configuration cannot be used. */
export const EXIT_USAGE = 2;

/**
 * Serves until a signal ends it.
 * @param read makes the configuration; called again for each reload
 * @returns the exit code
 * @throws {ConfigError} if the configuration cannot be used
 */
export async function serve(read: () => ConfigFile, { stdout, stderr }: Streams): Promise<number> {
  const file = read();
  const config: Config = resolveConfig(file, strategyTable());
  const log = createProgramLog(config.log);
  const balancer = createLoadBalancer(file, { log, reread: read });
  let ended: Promise<void>;
  try {
    const address = await balancer.listen();
    warnAboutFileLimit(config.limits, log);
    ended = untilEnded(balancer, log);
    process.on('SIGHUP', () => reload(balancer, read, log));
    stdout.write(`evenkeel listening on http://${formatAddress(address)}\n`);
  } catch (error) {
    stderr.write(`evenkeel: ${startFailure(error)}\n`);
    return EXIT_RUNTIME;
  }
  await ended;
  return EXIT_OK;
}

/** Drains on the first signal; the second one does not wait. */
async function untilEnded(balancer: LoadBalancer, log: ProgramLog): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    let signals = 0;
    const onSignal = (name: string): void => {
      signals += 1;
      if (signals > 1) process.exit(EXIT_OK);
      resolve(name);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
  log.info(`${signal}: finishing what is in flight; a second signal ends at once`);
  await balancer.close();
}

function reload(balancer: LoadBalancer, read: () => ConfigFile, log: ProgramLog): void {
  try {
    balancer.reload(read());
    log.info('configuration read again');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    log.error(`nothing was changed: ${error.message}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EACCES: 'permission denied',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'no such host',
  ENOENT: 'no such directory',
  EISDIR: 'it is a directory',
};

/** One line about what the system refused. @throws whatever is not the system's refusal */
function startFailure(error: unknown): string {
  const { code, syscall, path, address, port, hostname } = error as SystemError;
  if (code === undefined) throw error;
  const reason = REASONS[code] ?? code;
  if (syscall === 'open') return `cannot open ${path}: ${reason}`;
  const where =
    hostname ?? (address === undefined ? '' : formatAddress({ host: address, port: port ?? 0 }));
  return `cannot listen on ${where}: ${reason}`;
}

interface SystemError extends NodeJS.ErrnoException {
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}
