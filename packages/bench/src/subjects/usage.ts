/**
 * Processor time and memory of a process tree, from Linux's /proc. Elsewhere both are unknown, which
 * the results say with null.
 */

import { readdirSync, readFileSync } from 'node:fs';

export interface ResourceUse {
  /** User and system time so far of all threads of all processes of the tree. */
  readonly cpuUs: number;
  /** Resident size now. */
  readonly rssBytes: number;
}

const PAGE_BYTES = 4096;

/** Null where there is no /proc, or once the process has gone. */
export function resourceUse(rootPid: number): ResourceUse | null {
  const parents = parentOfEach();
  if (!parents.has(rootPid)) return null;
  let cpuUs = 0;
  let rssBytes = 0;
  for (const pid of parents.keys()) {
    if (!isBelow(pid, rootPid, parents)) continue;
    cpuUs += cpuTimeUs(pid);
    rssBytes += residentBytes(pid);
  }
  return { cpuUs, rssBytes };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // It ended between the listing and the reading.
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Parent of each running process. The name in /proc/PID/stat may hold spaces and brackets. */
function parentOfEach(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const entry of list('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const stat = read(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (Number.isInteger(parent)) parents.set(pid, parent);
  }
  return parents;
}

function isBelow(pid: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  let at: number | undefined = pid;
  while (at !== undefined && at !== root && at > 1) at = parents.get(at);
  return at === root;
}

/** schedstat counts nanoseconds; stat only hundredths of a second, too coarse for a short run. */
function cpuTimeUs(pid: number): number {
  let ns = 0;
  for (const thread of list(`/proc/${pid}/task`)) {
    ns += Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]);
  }
  return ns / 1000;
}

function residentBytes(pid: number): number {
  return Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES;
}
