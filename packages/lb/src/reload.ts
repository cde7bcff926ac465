/**
 * A new configuration in place of the running one, without losing a request: the services that are
 * new are made first, then the fronts route to all of them in one step, and those that are no
 * longer named are closed last. Services that stay take the change in place. New listening sockets are there before
 * anything is changed: one that cannot be had leaves everything as it was.
 */

import { isDeepStrictEqual } from 'node:util';
import { ConfigError } from './config/error.ts';
import type { Config } from './config/types.ts';
import type { Fronts, PreparedFronts } from './fronts.ts';
import { listenFailure } from './listen-failure.ts';
import type { Services } from './services.ts';

/**
 * Makes the fronts ready for a configuration.
 * @param serving the fronts, while they serve
 * @throws {ConfigError} changing nothing, if an address cannot be listened on, or they do not serve
 */
export async function prepared(
  config: Config,
  serving: () => Fronts | undefined,
): Promise<PreparedFronts> {
  const ready = await serving()?.prepare(config).catch(refused);
  if (ready !== undefined && serving() !== undefined) return ready;
  ready?.abandon();
  throw new ConfigError('config: only a running load balancer can be given another one');
}

/** @throws {ConfigError} what the system refused */
function refused(error: unknown): never {
  const failure = listenFailure(error);
  throw failure === undefined ? error : new ConfigError(`config: ${failure}`);
}

/**
 * Puts a configuration into effect, for which the fronts are ready.
 * @returns what is different about where it listens
 * @throws {ConfigError} changing nothing, if it is at odds with what the admin API has added, or a strategy
 *   cannot be made
 */
export function applyConfig(
  config: Config,
  services: Pick<Services, 'apply'>,
  fronts: PreparedFronts,
): string[] {
  let retire: () => void;
  try {
    retire = services.apply(config.services);
  } catch (error) {
    fronts.abandon();
    throw error;
  }
  const changes = fronts.commit();
  retire();
  return changes;
}

/** Parts that are set up once, at the start. */
const AT_START = ['admin', 'accessLog', 'log'] as const;

/** The parts of a new configuration that only a restart can put into effect. */
export function changedAtStartOnly(running: Config, next: Config): readonly string[] {
  return AT_START.filter((part) => !isDeepStrictEqual(running[part], next[part]));
}

/** The new configuration as it is in effect: with the parts that only a restart could have changed. */
export function keepingAtStart(running: Config, next: Config): Config {
  const { log } = running;
  const { admin: _, accessLog: __, ...rest } = next;
  return {
    ...rest,
    log,
    ...(running.admin === undefined ? {} : { admin: running.admin }),
    ...(running.accessLog === undefined ? {} : { accessLog: running.accessLog }),
  };
}
