/** Applies a scenario's faults to a live fleet while a run goes on, and notes when it really did. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from '@evenkeel/backends';
import type { ResolvedFault } from '@evenkeel/sim';

/** A fault as it happened: wall clock in ms since 1970, so that it lies beside the generator's times. */
export interface AppliedFault {
  readonly kind: string;
  readonly target: string;
  readonly startEpochMs: number;
  /** null: it lasted to the end of the run. */
  readonly endEpochMs: number | null;
}

/** Something for the live display. */
export type FaultListener = (kind: string, target: string, what: 'begins' | 'ends') => void;

const epochMs = (): number => performance.timeOrigin + performance.now();

/** Applies `faults` from now on; resolves with what was done once the last one has ended or begun. */
export async function applyFaults(
  fleet: Fleet,
  faults: readonly ResolvedFault[],
  onChange: FaultListener,
  signal: AbortSignal,
): Promise<AppliedFault[]> {
  const startedMs = performance.now();
  const until = (atMs: number): Promise<void> =>
    sleep(Math.max(0, atMs - (performance.now() - startedMs)), undefined, { signal });
  return await Promise.all(
    faults.map(async ({ fault, target, startMs, endMs }) => {
      await until(startMs);
      onChange(fault.kind, target, 'begins');
      const startEpochMs = epochMs();
      await begin(fleet, target, fault, endMs);
      if (endMs === undefined) {
        const endEpochMs = fault.kind === 'restart' ? epochMs() : null;
        return { kind: fault.kind, target, startEpochMs, endEpochMs };
      }
      await until(endMs);
      await end(fleet, target, fault);
      onChange(fault.kind, target, 'ends');
      return { kind: fault.kind, target, startEpochMs, endEpochMs: epochMs() };
    }),
  );
}

async function begin(
  fleet: Fleet,
  id: string,
  fault: ResolvedFault['fault'],
  endMs: number | undefined,
): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      return await fleet.kill(id);
    case 'freeze':
      return await fleet.freeze(id);
    case 'restart':
      return await (endMs === undefined ? fleet.restart(id) : fleet.shutdown(id));
    default:
      return await fleet.setFault(id, fault);
  }
}

async function end(fleet: Fleet, id: string, fault: ResolvedFault['fault']): Promise<void> {
  switch (fault.kind) {
    case 'kill':
    case 'restart':
      return await fleet.restart(id);
    case 'freeze':
      return await fleet.thaw(id);
    default:
      return await fleet.clearFaults(id, fault.kind);
  }
}
