/**
 * A sweep whose tasks other machines do. Finished points are kept in a file beside the one asked for until
 * all are there: the same command goes on from them.
 */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '@evenkeel/report';
import type { QueueAddress } from '../queue/address.ts';
import { collect, type QueueProgress } from '../queue/collect.ts';
import type { SimJson } from '../run/sim-json.ts';
import {
  SWEEP_SCHEMA,
  type SweepFile,
  type SweepPlan,
  type SweepPoint,
  sweepTasks,
} from '../run/sweep.ts';
import { UsageError } from './flags.ts';
import { type Display, writeText } from './output.ts';
import { stopSignal } from './stop-signal.ts';

const TELL_EVERY_MS = 10_000;

/** `keepIn`: the file of which `.partial` holds what is finished; undefined: nothing is kept. */
export async function queuedSweep(
  plan: SweepPlan,
  address: QueueAddress,
  keepIn: string | undefined,
  display: Display,
): Promise<SweepFile> {
  const tasks = sweepTasks(plan);
  const partial = keepIn === undefined ? undefined : `${keepIn}.partial`;
  const points = keptPoints(partial, plan);
  if (points.size > 0) display.line(`${points.size} of ${tasks.length} runs are kept from before`);
  const missing = tasks.flatMap((sim, task) => (points.has(task) ? [] : [{ task, sim }]));
  const file = (): SweepFile => ({
    schema: SWEEP_SCHEMA,
    plan,
    shard: null,
    points: [...points.values()].sort((a, b) => a.task - b.task),
  });
  try {
    const finished = (task: number, result: SimJson): void => {
      points.set(task, { task, result });
    };
    await collect(address, missing, { finished, progress: teller(display) }, stopSignal());
  } catch (error) {
    if (points.size > 0) display.line(keep(partial, file(), tasks.length));
    throw error;
  }
  if (partial !== undefined) rmSync(partial, { force: true });
  return file();
}

/** Writes what is finished; returns a line that says where. */
function keep(partial: string | undefined, file: SweepFile, of: number): string {
  const share = `${file.points.length} of ${of} runs`;
  if (partial === undefined)
    return `${share} are finished and not kept: --json FILE would keep them`;
  makeFolder(dirname(partial));
  writeText(partial, JSON.stringify(file));
  return `${share} are kept in ${partial}; the same command goes on`;
}

/** Of the same plan only: another sweep's points are not ours. */
function keptPoints(partial: string | undefined, plan: SweepPlan): Map<number, SweepPoint> {
  if (partial === undefined || !existsSync(partial)) return new Map();
  const { plan: other, points } = readPartial(partial);
  const isSame = JSON.stringify(other) === JSON.stringify(plan);
  return new Map(isSame ? points.map((point) => [point.task, point]) : []);
}

function readPartial(partial: string): SweepFile {
  try {
    return JSON.parse(readFileSync(partial, 'utf8')) as SweepFile;
  } catch (cause) {
    throw new UsageError(`${partial}: expected the kept runs of a sweep; remove it to begin anew`, {
      cause,
    });
  }
}

/** One line over and over on a terminal; elsewhere a line now and then. */
function teller(display: Display): (state: QueueProgress) => void {
  let toldMs = performance.now();
  return (state) => {
    const text = progressText(state);
    display.progress(text);
    if (process.stderr.isTTY || performance.now() - toldMs < TELL_EVERY_MS) return;
    toldMs = performance.now();
    display.line(text);
  };
}

function progressText({ done, of, workers, leftMs }: QueueProgress): string {
  const by = workers === 0 ? 'no worker yet: start `pnpm sim worker`' : `${workers} workers`;
  const left = leftMs === null ? '' : `, about ${Math.ceil(leftMs / 1000)} s left`;
  return `${done} of ${of} runs, ${by}${left}`;
}
