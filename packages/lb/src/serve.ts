/**
 * `evenkeel serve`: a load balancer as a process. It says when it is ready, ends on signals, and
 * reads its configuration again when asked to.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigFile, ShutdownTimes } from '@evenkeel/config';
import type { Resolved } from './config/resolve.ts';
import { EXIT_OK, EXIT_RUNTIME } from './exit-codes.ts';
import { fileLimitWarning } from './file-limit.ts';
import { urlOf } from './fronts.ts';
import type { Invocation } from './invocation.ts';
import { listenFailure } from './listen-failure.ts';
import { createProgramLog, type ProgramLog } from './log/program-log.ts';
import { createLoadBalancer, type LoadBalancer, type LoadBalancerOptions } from './server.ts';
import { startTracing } from './tracing/start.ts';

/** A configuration as it was read: as written, complete, and what about it is hardly meant. */
export interface Reading extends Resolved {
  readonly file: ConfigFile;
}

/**
 * Serves until a signal ends it.
 * @param read makes the configuration; called again for each reload
 * @param given strategies and policies from code; sockets that are open already
 * @returns the exit code
 * @throws {ConfigError} if the configuration cannot be used
 */
export async function serve(
  read: () => Reading,
  { stdout, stderr, environment }: Invocation,
  given: Pick<LoadBalancerOptions, 'strategies' | 'policies' | 'descriptors'> = {},
): Promise<number> {
  const reading = read();
  const { file, config } = reading;
  const log = createProgramLog(config.log);
  let times: ShutdownTimes = config.timeouts;
  const reread = (): ConfigFile => {
    const next = read();
    times = next.config.timeouts;
    for (const warning of next.warnings) log.warn(warning);
    return next.file;
  };
  const tracing = await startTracing(environment, log);
  const balancer = createLoadBalancer(file, { log, reread, tracing, ...given });
  let ended: Promise<void>;
  try {
    await balancer.listen();
    for (const warning of await warningsOf(reading)) log.warn(warning);
    const handedOver = given.descriptors?.length ?? 0;
    if (handedOver > balancer.listening.length) {
      const { length } = balancer.listening;
      const few = `${handedOver} sockets were handed over for ${length} listeners`;
      log.warn(`${few}: what connects to the others waits in vain`);
    }
    for (const { name, strategy } of config.services) {
      // Those that discovery has found already among them.
      const { length } = balancer.backends.filter(({ service }) => service === name);
      const count = `${length} ${length === 1 ? 'backend' : 'backends'}`;
      log.info(`service ${name}: ${strategy.name} over ${count}`);
    }
    process.on('SIGHUP', () => reload(balancer, reread));
    process.on('SIGUSR1', () => balancer.reopenLogs());
    ended = untilEnded(balancer, () => times, log);
    for (const one of balancer.listening) stdout.write(`evenkeel listening on ${urlOf(one)}\n`);
  } catch (error) {
    const failure = listenFailure(error);
    if (failure === undefined) throw error;
    stderr.write(`evenkeel: ${failure}\n`);
    return EXIT_RUNTIME;
  }
  await ended;
  return EXIT_OK;
}

/** All that a start warns of. */
export async function warningsOf({ file, config, warnings }: Reading): Promise<string[]> {
  // A limit that was not set is none that an operator counts on.
  const isCountedOn = file.limits?.connections !== undefined;
  const limited = isCountedOn ? await fileLimitWarning(config.limits) : undefined;
  return limited === undefined ? [...warnings] : [...warnings, limited];
}

/** What taking down may cost beyond the times that requests are given. */
const END_MS_MAX = 500;

/** Drains on the first signal; the second one does not wait. */
async function untilEnded(
  balancer: LoadBalancer,
  times: () => ShutdownTimes,
  log: ProgramLog,
): Promise<void> {
  const signal = await new Promise<string>((resolve) => {
    let signals = 0;
    const onSignal = (name: string): void => {
      signals += 1;
      if (signals > 1) process.exit(EXIT_RUNTIME);
      resolve(name);
    };
    for (const name of ['SIGTERM', 'SIGINT', 'SIGQUIT']) process.on(name, onSignal);
  });
  log.info(`${signal}: finishing what is in flight; a second signal ends at once`);
  const { drainMs, shutdownDelayMs } = times();
  const longest = sleep(shutdownDelayMs + drainMs + END_MS_MAX, undefined, { ref: false });
  // A log whose reader has stopped reading is not waited for.
  await Promise.race([balancer.close(), longest]);
}

function reload(balancer: LoadBalancer, reread: () => ConfigFile): void {
  // A failure is told already. Whatever it was: the process goes on with what runs.
  balancer.reload(reread, 'signal').catch(() => {});
}
