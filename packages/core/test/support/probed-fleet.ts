/** A cluster with active checks, whose endpoints answer their probes as a table says. */

import { type Cluster, type ClusterOptions, createCluster } from '../../src/cluster.ts';
import type { Probe } from '../../src/health/active.ts';
import type { ProbeResult } from '../../src/health/health-policy.ts';
import { type HysteresisOptions, hysteresis } from '../../src/health/hysteresis.ts';
import type { EndpointState, PoolEvent } from '../../src/pool.ts';
import { seededRandom } from '../../src/random.ts';
import type { Endpoint } from '../../src/strategy.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { cyclic } from './fixtures.ts';

/** Answers from a table of healths, after a delay; `undefined` is silence. */
export class ProbedFleet {
  readonly answers: Map<string, ProbeResult | undefined> = new Map();
  readonly probes: { id: string; atMs: number }[] = [];
  running = 0;
  delayMs = 1;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  readonly probe: Probe = (endpoint: Endpoint, done) => {
    this.probes.push({ id: endpoint.id, atMs: this.#clock.now() });
    this.running += 1;
    const answer = this.answers.get(endpoint.id);
    let timer = 0;
    if (answer !== undefined) {
      timer = this.#clock.after(this.delayMs, () => {
        this.running -= 1;
        done(answer);
      });
    }
    return () => {
      this.running -= 1;
      this.#clock.cancel(timer);
    };
  };
}

/** What `watched` gives. */
export interface Watched extends Cluster {
  readonly clock: ManualClock;
  readonly fleet: ProbedFleet;
  readonly events: readonly PoolEvent[];
  state(id: string): EndpointState | undefined;
}

/** A cluster of those ids, and what a test needs to see of it; `more` has the last word. */
export function watched(
  ids: readonly string[],
  health: HysteresisOptions = {},
  more: Partial<ClusterOptions> = {},
): Watched {
  const clock = new ManualClock();
  const fleet = new ProbedFleet(clock);
  for (const id of ids) fleet.answers.set(id, { ok: true });
  const events: PoolEvent[] = [];
  const cluster = createCluster({
    clock,
    random: seededRandom(1),
    strategy: () => cyclic(),
    probe: fleet.probe,
    health: hysteresis(health),
    observer: { event: (event) => void events.push(event) },
    ...more,
  });
  cluster.update(ids.map((id) => ({ id })));
  const state = (id: string): EndpointState | undefined => cluster.pool.member(id)?.state;
  return { ...cluster, clock, fleet, events, state };
}
