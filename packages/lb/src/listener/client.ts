/** What a listener keeps of each client: how it begins, and the ways in which it is ended. */

import type { IdlePlace } from './idle-list.ts';

/** A client's connection, as far as its listener needs it. */
export interface Client {
  /** The client's own end of it. */
  readonly remoteAddress: string;
  readonly idlePlace: IdlePlace<Client>;
  /** Begins; called once, when the listener knows it. @param rest what has come already; may be kept */
  start(rest: Buffer | undefined): void;
  /** Ends it if nothing runs on it; otherwise after that. */
  drain(): void;
  /** Ends it at once: the time for draining is over. */
  cutOff(): void;
  /** Ends it, which is idle, at once. */
  destroy(): void;
}
