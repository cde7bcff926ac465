/**
 * Where clients connect, as a user writes it: `listen` for one listener, `listeners` for several, each at
 * an address of its own and in a mode of its own.
 */

import { z } from 'zod';
import { MODES, type Mode, unixPathProblem } from './address.ts';
import { integer, list, mapping, name, nonEmpty, oneOf, orOff, text } from './fields.ts';

/** Where one listener listens. */
export interface ListenFile {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 picks one. */
  readonly port?: number;
  /** The path of a Unix socket, in place of host and port. */
  readonly unix?: string;
  /** Permissions of the Unix socket, in octal digits: `"660"`; default: what the umask leaves. */
  readonly socketMode?: string;
  /** `accept`: peers in `forwarding.trustedProxies` begin with a PROXY header. */
  readonly proxyProtocol?: 'accept' | 'off';
}

/** One of several listeners. */
export interface ListenerFile extends ListenFile {
  /** Default `http`. */
  readonly mode?: Mode;
  /** In mode tcp: where its connections go; may be left out where there is one service. */
  readonly service?: string;
}

const optional = z.exactOptional;

const unixPath = z
  .string({ error: 'must be the absolute path of a Unix socket' })
  .refine((path) => unixPathProblem(path) === undefined, {
    error: ({ input }) =>
      `must be the absolute path of a Unix socket (${unixPathProblem(String(input))})`,
  });

const listen = {
  host: optional(nonEmpty('an address')),
  port: optional(integer(0, 65_535)),
  unix: optional(unixPath),
  // YAML reads 0o660 as 432 and 0660 as 660: only text is unambiguous.
  socketMode: optional(text(/^0?[0-7]{3}$/, 'octal digits in quotes, such as "660"')),
  proxyProtocol: optional(
    orOff(z.literal('accept', { error: 'must be accept or off' }), 'accept') as z.ZodType<
      'accept' | 'off'
    >,
  ),
};

/** The key `listen`. */
export const listenKey: z.ZodType<ListenFile> = mapping(listen);

/** The key `listeners`. */
export const listenersKey: z.ZodType<readonly ListenerFile[]> = list(
  mapping({ ...listen, mode: optional(oneOf(MODES)), service: optional(name()) }),
  1,
  100,
);
