/** What a pool is made of. */

import type { EjectionOptions } from '../health/ejection.ts';
import type { OutlierDetector } from '../health/outlier.ts';
import type { PanicRule } from '../health/panic.ts';
import type { SlowStart } from '../health/slow-start.ts';
import type { PoolObserver } from '../pool.ts';
import type { Clock, Random } from '../ports.ts';
import type { Strategy } from '../strategy.ts';
import type { Counters } from './counters.ts';

/** The policies of a pool; all can be changed while it runs. */
export interface PoolPolicies {
  /** Passive health; without it no endpoint is ejected for what its requests meet. */
  readonly detector?: OutlierDetector | undefined;
  /** Answers that count as failures; default `FAILURE_STATUSES`. */
  readonly failureStatuses?: ReadonlySet<number> | undefined;
  readonly ejection?: EjectionOptions | undefined;
  readonly slowStart?: SlowStart | undefined;
  /** When the ejected, and those that answer their checks wrongly, are asked too; default: never. */
  readonly panic?: PanicRule | undefined;
}

/** What a pool is made of. */
export interface PoolOptions extends PoolPolicies {
  readonly clock: Clock;
  readonly random: Random;
  readonly strategy: Strategy;
  /** Probes find out about newcomers, which are `checking` until then; default: they are up. */
  readonly isProbed?: boolean | undefined;
  readonly observer?: PoolObserver | undefined;
  /** Where attempts are counted; default: in memory of its own. */
  readonly counters?: Counters | undefined;
}
