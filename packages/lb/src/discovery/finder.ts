/** What a source of backends is: something that can be asked for them, and says how an answer came to nothing. */

import type { Backend } from '../config/types.ts';

/**
 * How asking can come to nothing.
 *
 * | kind | means |
 * |---|---|
 * | `nxdomain` | the DNS says that there is no such name |
 * | `empty` | there is a name or a file, and no backend in it |
 * | `partial` | some of it could be found out, the rest could not |
 * | `servfail` `refused` | the DNS server could not, or would not, answer |
 * | `timeout` | no answer in time |
 * | `unreachable` | there was nothing to ask: connection refused, no route |
 * | `malformed` | an answer that breaks the protocol, or is absurdly large |
 * | `unreadable` `invalid` | the file cannot be read; it does not hold a list of backends |
 */
export const FAILURE_KINDS = [
  'nxdomain',
  'empty',
  'partial',
  'servfail',
  'refused',
  'timeout',
  'unreachable',
  'malformed',
  'unreadable',
  'invalid',
] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** An answer that cannot be used; the message says why, in a few words. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** An answer. */
export interface Found {
  /** At least one, in an order that depends on nothing but them; ids are unique. */
  readonly backends: readonly Backend[];
  /** How long it holds; infinite if that is not known. */
  readonly ttlMs: number;
  /** What could not be found out, if anything. */
  readonly missing?: DiscoveryError;
}

/** A source of backends. */
export interface Finder {
  /**
   * Asks once.
   * @param signal ends it: what it returns is of no use any more
   * @throws {DiscoveryError}
   */
  find(signal: AbortSignal): Promise<Found>;
  /** Tells each time when asking again may bring something new. @returns stops that */
  watch?(changed: () => void): () => void;
}
