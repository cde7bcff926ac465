/** The fault sets under which live and simulated requests are compared. */

import type { Fault } from '@evenkeel/sim';
import type { ActiveFault } from '@evenkeel/sim/faults';
import { expect } from 'vitest';
import type { Fleet } from '../src/index.ts';
import { live, liveHealth, simulated, simulatedHealth, WAIT_MS } from './simulated.ts';

const rate = 1;

/** Every kind of fault (`reset` in both ways), with waits long enough to be told from none. */
export const STANDING: readonly Fault[] = [
  { kind: 'refuse', rate },
  { kind: 'blackhole', rate },
  { kind: 'fastError', rate, status: 503 },
  { kind: 'failFirst', rate, n: 1, status: 502 },
  { kind: 'latency', rate, latencyMs: WAIT_MS, jitterMs: 0, distribution: 'uniform' },
  { kind: 'leak', rate, msPerRequest: WAIT_MS },
  { kind: 'error', rate, status: 500, body: 'x'.repeat(80) },
  { kind: 'reset', rate, when: 'before-head' },
  { kind: 'reset', rate, when: 'mid-body' },
  { kind: 'garbage', rate },
  { kind: 'truncate', rate, bytes: 30 },
  { kind: 'bandwidth', rate, bytesPerSecond: (1000 * 27) / WAIT_MS },
  { kind: 'slowClose', rate, delayMs: WAIT_MS },
  { kind: 'healthLie', rate, status: 500 },
  { kind: 'freeze' },
];
export const STOPPING: readonly Fault[] = [{ kind: 'kill' }, { kind: 'restart' }];

export type FaultSet = readonly Fault[];

/** Every fault of the list alone, and every two of different kinds in both orders. */
export function pairsOf(some: readonly Fault[], others: readonly Fault[] = some): FaultSet[] {
  return some.flatMap((a) => others.filter((b) => a.kind !== b.kind).map((b) => [a, b]));
}

export const nameOf = (faults: FaultSet): string =>
  faults.map((fault) => ('when' in fault ? `${fault.kind} ${fault.when}` : fault.kind)).join(' + ');

/** A machine that is busy can make any answer late: a disagreement has to show in every try. */
const TRIES = 20;
/** Two requests, because `failFirst` and `leak` tell them apart. */
const REQUESTS = 2;

/** The law: live and simulated, the same requests end alike under these faults. */
export async function expectAgreement(fleet: Fleet, id: string, faults: FaultSet): Promise<void> {
  const url = fleet.urls[fleet.ids.indexOf(id)]!;
  const expected = { requests: simulated(faults, REQUESTS), isHealthy: simulatedHealth(faults) };
  const active = faults.map((fault, index): ActiveFault => ({ index, fault }));
  for (let tries = 1; ; tries++) {
    for (const one of active) await fleet.beginFault(id, one, true);
    const requests = [];
    for (const [i, outcome] of expected.requests.entries()) {
      requests.push(await live(url, i, outcome));
    }
    const isHealthy = await liveHealth(url, expected.isHealthy);
    for (const one of active) await fleet.endFault(id, one);
    if (JSON.stringify({ requests, isHealthy }) === JSON.stringify(expected)) return;
    if (tries === TRIES) expect({ requests, isHealthy }, nameOf(faults)).toEqual(expected);
  }
}

/** Checks all sets, on as many backends at once as the fleet has. */
export async function expectAgreements(fleet: Fleet, sets: readonly FaultSet[]): Promise<void> {
  const left = sets.values();
  await Promise.all(
    fleet.ids.map(async (id) => {
      for (const faults of left) await expectAgreement(fleet, id, faults);
    }),
  );
}
