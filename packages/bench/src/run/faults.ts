/** Applies a scenario's faults to a live fleet while a run goes on, and notes when it really did. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from '@evenkeel/backends';
import type { ResolvedFault } from '@evenkeel/sim';

/**
 * A fault as it happened, from its start until its backend was ready again (or another fault kept it from that):  * wall clock in ms since 1970, so that it lies beside the generator's times.
 */
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
    faults.map(async (resolved) => {
      const { fault, target, startMs, endMs } = resolved;
      await until(startMs);
      onChange(fault.kind, target, 'begins');
      const startEpochMs = epochMs();
      await fleet.beginFault(target, resolved, endMs !== undefined || fault.kind === 'restart');
      // A restart without a pause ends by itself; other faults without an end last as long as the run.
      if (endMs !== undefined) await until(endMs);
      else if (fault.kind !== 'restart') {
        return { kind: fault.kind, target, startEpochMs, endEpochMs: null };
      }
      await fleet.endFault(target, resolved);
      onChange(fault.kind, target, 'ends');
      return { kind: fault.kind, target, startEpochMs, endEpochMs: epochMs() };
    }),
  );
}
