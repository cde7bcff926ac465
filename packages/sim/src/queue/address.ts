/** Where a queue of tasks is: `redis://HOST:PORT[/NAME]`, Redis or Valkey. */

import { UsageError } from '../cli/flags.ts';

const NAME_DEFAULT = 'evenkeel-sweep';
const PORT_DEFAULT = 6379;
const CONNECT_TIMEOUT_MS = 5_000;
const RETRY_MS_MAX = 1_000;

/** How a connection is made. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
  readonly connectTimeout: number;
  readonly maxRetriesPerRequest: null;
  readonly retryStrategy: (attempt: number) => number;
}

/** A parsed address. */
export interface QueueAddress {
  /** Of the queue. */
  readonly name: string;
  /** Without the password, for messages. */
  readonly shown: string;
  readonly redis: RedisConnection;
}

/**
 * @throws {UsageError} in one line
 */
export function queueAddress(text: string): QueueAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  const name = url?.pathname.slice(1) ?? '';
  const isWhole = url !== null && url.hostname !== '' && url.search === '' && url.hash === '';
  const isKnown = isWhole && ['redis:', 'rediss:'].includes(url.protocol);
  if (!isKnown || !/^[\w.-]{0,64}$/.test(name)) {
    throw new UsageError(`--queue: expected redis://HOST:PORT[/NAME], got "${text}"`);
  }
  const { hostname, port, username, password, protocol } = url;
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    name: name === '' ? NAME_DEFAULT : name,
    shown: `redis://${hostname}:${port || PORT_DEFAULT}`,
    redis: {
      host,
      port: port === '' ? PORT_DEFAULT : Number(port),
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' ? { tls: {} } : {}),
      connectTimeout: CONNECT_TIMEOUT_MS,
      // What BullMQ asks for: a command waits while the connection is made anew.
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => Math.min(RETRY_MS_MAX, 100 * attempt),
    },
  };
}
