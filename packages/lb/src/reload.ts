/**
 * A new configuration in place of the running one, without losing a request: the services that are
 * new are made first, then the fronts route to all of them in one step, and those that are no
 * longer named are closed last. Services that stay take the change in place.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Config } from './config/types.ts';
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
const AT_START = ['listen', 'admin', 'accessLog', 'log'] as const;

/** The parts of a new configuration that only a restart can put into effect. */
export function changedAtStartOnly(running: Config, next: Config): readonly string[] {
  return AT_START.filter((part) => !isDeepStrictEqual(running[part], next[part]));
}

/** The new configuration as it is in effect: with the parts that only a restart could have changed. */
export function keepingAtStart(running: Config, next: Config): Config {
  const { listen, log } = running;
  const { admin: _, accessLog: __, ...rest } = next;
  return {
    ...rest,
    listen,
    log,
    ...(running.admin === undefined ? {} : { admin: running.admin }),
    ...(running.accessLog === undefined ? {} : { accessLog: running.accessLog }),
  };
}
