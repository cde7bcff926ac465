/** The balancer's notes on one request, kept on the driver's own record so that no request needs a look-up. */

import type { Attempt } from '../attempt.ts';
import type { Exchange } from '../balancer.ts';
import type { TimerId } from '../ports.ts';
import type { Endpoint } from '../strategy.ts';

/** Where a request stands. */
export type LifeState = 'idle' | 'queued' | 'backing-off' | 'running';

/** Made once with each `Exchange`; used again for each request that the record carries. */
export class Life {
  /** @internal */ state: LifeState = 'idle';
  /** @internal */ attempt: Attempt | undefined = undefined;
  /** @internal Endpoints that failed this request; a new array per request that has any. */
  tried: Endpoint[] = NOBODY;
  /** @internal */ attempts = 0;
  /** @internal */ timer: TimerId = 0;
  /** @internal */ queuedAtMs = 0;
  /** @internal Neighbours in the waiting line. */
  before: Exchange | undefined = undefined;
  /** @internal */ after: Exchange | undefined = undefined;
}

/** Shared by all requests without a failure; frozen in meaning: never pushed to. */
export const NOBODY: Endpoint[] = [];
