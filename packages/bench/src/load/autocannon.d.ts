/** The part of autocannon 9 that closed-loop.ts uses; the package brings no types. */

declare module 'autocannon' {
  import type { EventEmitter } from 'node:events';

  namespace autocannon {
    interface Options {
      readonly url: readonly string[];
      readonly connections: number;
      /** Seconds; clients may end earlier. */
      readonly duration: number;
      /** Seconds, at least 1. */
      readonly timeout: number;
      /** How often it looks whether all clients are done, in ms. */
      readonly sampleInt: number;
      readonly setupClient: (client: Client) => void;
    }

    interface Request {
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }

    /** One connection, and one after the other should it break. */
    interface Client extends EventEmitter {
      /** What it sends from now on, in turn. */
      setRequests(requests: readonly Request[]): void;
      destroy(): void;
      readonly reqsMade: number;
      /** It destroys itself instead of sending more than so many; 0: no bound. */
      responseMax: number;
    }
  }

  /** Resolves when all clients are done. */
  function autocannon(options: autocannon.Options): Promise<unknown>;
  export = autocannon;
}
