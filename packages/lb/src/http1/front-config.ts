/** What an HTTP front is configured with: services, routes to them, and settings. */

import type { ServiceLimits, ServiceTimeouts } from '@evenkeel/config';
import type { KeySource } from '@evenkeel/core';
import type { ServiceGroup } from '../front.ts';
import type { Affinity } from './affinity.ts';
import type { OperationsConfig } from './operations/operations.ts';
import type { Forwarding, HttpLimits, HttpTimeouts } from './settings.ts';

/** A service, and what HTTP reads from a request for it. */
export interface HttpService extends ServiceGroup {
  /** Where the routing key comes from; absent: no key is computed. */
  readonly key?: KeySource | undefined;
  /** How sessions are bound to endpoints; absent: they are not. */
  readonly affinity?: Affinity | undefined;
}

/** Which requests go to a service. The longest prefix of the exact host wins, then of no host. */
export interface Route {
  /** Compared without case and default port; absent: any host. */
  readonly host?: string | undefined;
  /** A path prefix that ends at a segment's end; absent or `/`: any path. */
  readonly prefix?: string | undefined;
  /** May be absent where the route answers by itself. */
  readonly service?: HttpService | undefined;
  /** What is done to requests and responses; one object stands for the same everywhere. */
  readonly operations?: OperationsConfig | undefined;
  /** In place of the front's, key by key; the same for all routes of a service. */
  readonly timeouts?: ServiceTimeouts | undefined;
  readonly limits?: ServiceLimits | undefined;
}

/** What requests meet; replaced as a whole. A running request keeps the one that it began with. */
export interface HttpFrontConfig {
  readonly routes: readonly Route[];
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
  readonly forwarding: Forwarding;
  /** Protocols, in lower case, that a client may switch to by Upgrade. */
  readonly upgrades: readonly string[];
}
