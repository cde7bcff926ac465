/**
 * A new configuration in place of the running one, without losing a request: the services that are
 * new are made first, then the fronts route to all of them in one step, and those that are no
 * longer named are closed last. Services that stay take the change in place.
 */

import { isDeepStrictEqual } from 'node:util';
import { formatAddress } from '@evenkeel/config';
import { ConfigError } from './config/error.ts';
import type { Config, ListenerConfig } from './config/types.ts';
import type { Fronts } from './fronts.ts';
import type { Services } from './services.ts';

/** What a reload changes. */
export interface Reloadable {
  readonly services: Services;
  readonly fronts: Pick<Fronts, 'update'>;
}

/**
 * Puts a configuration into effect.
 * @throws {ConfigError} changing nothing, if it is at odds with what the admin API has added, or a strategy
 *   cannot be made
 */
export function applyConfig(config: Config, { services, fronts }: Reloadable): void {
  const retire = services.apply(config.services);
  fronts.update(config);
  retire();
}

/** Parts that are set up once, at the start. */
const AT_START = ['listeners', 'admin', 'accessLog', 'log'] as const;

/** The parts of a new configuration that only a restart can put into effect. */
export function changedAtStartOnly(running: Config, next: Config): readonly string[] {
  return AT_START.filter((part) => !isDeepStrictEqual(atStart(running)[part], atStart(next)[part]));
}

/** To which service a listener leads may change while it listens. */
function atStart({ listeners, admin, accessLog, log }: Config): Record<string, unknown> {
  return { listeners: listeners.map(({ service: _, ...rest }) => rest), admin, accessLog, log };
}

/**
 * The new configuration as it is in effect: with the parts that only a restart could have changed.
 * @throws {ConfigError} if a listener that goes on would lead nowhere
 */
export function keepingAtStart(running: Config, next: Config): Config {
  const { log } = running;
  const { admin: _, accessLog: __, ...rest } = next;
  const isSame = !changedAtStartOnly(running, next).includes('listeners');
  const { listeners } = isSame ? next : running;
  for (const listener of listeners) checkDestination(listener, next);
  return {
    ...rest,
    listeners,
    log,
    ...(running.admin === undefined ? {} : { admin: running.admin }),
    ...(running.accessLog === undefined ? {} : { accessLog: running.accessLog }),
  };
}

/** @throws {ConfigError} if nothing in the configuration is what the listener leads to */
function checkDestination(
  { at, mode, service }: ListenerConfig,
  { routes, services }: Config,
): void {
  const isThere =
    mode === 'http'
      ? routes.length > 0
      : services.some((one) => one.name === service && one.mode === 'tcp');
  if (isThere) return;
  const missing = mode === 'http' ? 'no routes' : `no service ${service} in mode tcp`;
  throw new ConfigError(
    `config: listeners: ${formatAddress(at)} goes on listening in mode ${mode} until a restart, and there is ${missing}`,
  );
}
