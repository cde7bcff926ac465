/** Metrics that keep no state of their own: they are filled anew at each scrape. */

import { Counter, Gauge, type Registry } from 'prom-client';

/** A metric that is filled anew at each scrape. */
type Fill<M> = (metric: M) => void | Promise<void>;

/** A counter that `fill` fills. */
export function counter<L extends string>(
  registry: Registry,
  [name, help]: readonly [string, string],
  labelNames: readonly L[],
  fill: Fill<Counter<L>>,
): void {
  const registers = [registry];
  const collect = function (this: Counter<L>): void | Promise<void> {
    this.reset();
    return fill(this);
  };
  new Counter<L>({ name, help, labelNames, registers, collect });
}

/** A gauge that `fill` fills. */
export function gauge<L extends string>(
  registry: Registry,
  [name, help]: readonly [string, string],
  labelNames: readonly L[],
  fill: Fill<Gauge<L>>,
): void {
  const registers = [registry];
  const collect = function (this: Gauge<L>): void | Promise<void> {
    this.reset();
    return fill(this);
  };
  new Gauge<L>({ name, help, labelNames, registers, collect });
}
