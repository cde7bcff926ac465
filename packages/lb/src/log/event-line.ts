/** Events as lines of the program log. */

import type { ChangeSource, LoggedEvent } from '../event-log.ts';
import type { ProgramLog } from './program-log.ts';

const SOURCES: Readonly<Record<ChangeSource, string>> = {
  admin: 'by the admin API',
  signal: 'by a signal',
  file: 'by the configuration file',
  program: 'by the program',
};

/** What operators want to read of it: a backend that is lost is a warning, and a change names its source. */
export function logEvent(event: LoggedEvent, log: ProgramLog | undefined): void {
  const { type, service, endpoint, from, to, reason, source } = event;
  const by = source === undefined ? '' : `, ${SOURCES[source]}`;
  if (type === 'state') {
    const level = to === 'down' || to === 'ejected' ? 'warn' : 'info';
    log?.[level](`backend ${endpoint}: ${from} → ${to} (${reason}${by})`);
  } else if (type === 'changed') log?.info(`backend ${endpoint}: ${reason}${by}`);
  else if (type === 'strategy') log?.info(`service ${service}: strategy ${reason}${by}`);
  else if (type === 'reload') log?.info(`configuration read again: ${reason}${by}`);
  else if (type === 'reload-failed') log?.error(`reload${by}: nothing was changed: ${reason}`);
  else log?.debug(`${type} ${endpoint ?? ''}: ${reason}`);
}
