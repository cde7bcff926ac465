/**
 * How long does a request take in core without its pick? Dispatch, first byte, commit,
 * settle and end of one request through balancer, pool, passive health and budget, with a strategy
 * that always gives the first endpoint. Prints a line, and writes it as Markdown with `--write
 * FILE`.
 *
 *   node packages/core/bench/cycle.ts [--write FILE]
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure } from 'mitata';
import {
  type Attempt,
  consecutiveFailures,
  createCluster,
  DispatchState,
  type Endpoint,
  type Exchange,
  seededRandom,
} from '../src/index.ts';
import { TickingClock } from './ticking-clock.ts';

const GOAL_NS = 300;
const ENDPOINTS = 16;
const OUTCOME = { kind: 'ok', status: 200, latencyMs: 1 } as const;

class Request implements Exchange {
  readonly dispatchState: DispatchState = new DispatchState();
  readonly hash = 0;
  readonly idempotent = true;
  attempt: Attempt | undefined;

  send(attempt: Attempt): void {
    this.attempt = attempt;
  }

  abort(): void {}

  finished(): void {}
}

const { values } = parseArgs({ options: { write: { type: 'string' } } });
const cluster = createCluster({
  clock: new TickingClock(),
  random: seededRandom(1),
  detector: consecutiveFailures(),
  strategy: () => ({ pick: (candidates): Endpoint => candidates[0] as Endpoint }),
});
cluster.update(Array.from({ length: ENDPOINTS }, (_, i) => ({ id: `e${i}` })));
const request = new Request();

const { p50 } = await measure(
  () => {
    cluster.balancer.dispatch(request);
    request.attempt?.firstByte();
    request.attempt?.commit();
    request.attempt?.settle(OUTCOME);
  },
  { min_cpu_time: 1e9, gc: false },
);
const missed = p50 > GOAL_NS ? '  goal missed' : '';
console.log(
  `a request's life without its pick  ${p50.toFixed(1)} ns  (goal ≤ ${GOAL_NS})${missed}`,
);
if (values.write !== undefined) {
  const table = ['| a request’s life without its pick | goal |', '|---:|---:|'];
  writeFileSync(
    values.write,
    `${[...table, `| ${p50.toFixed(0)} ns | ≤ ${GOAL_NS} ns |`].join('\n')}\n`,
  );
}
