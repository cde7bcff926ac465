/**
 * The reading end of the accounting: what really happened to each request, in all backends, killed
 * ones included. See write.ts for the form of a line.
 */

import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The ending of a backend's file; its stem is the backend's id. */
export const JOURNAL_SUFFIX = '.journal';

/** Something happened at one backend. */
export interface Entry {
  readonly backend: string;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
}

/** What became of the request with one `X-Request-Id`. More than one start means that it was served twice. */
export interface Account {
  readonly method: string;
  /** It reached this backend, which may have refused it, ignored it, or let it wait. */
  readonly arrived: readonly Entry[];
  /** Work on it began here. In the order of time at each backend; killed backends leave starts without finish. */
  readonly started: readonly Entry[];
  /** The work was done here, and an answer was about to be given. */
  readonly finished: readonly Entry[];
}

/** All accounts of a fleet. */
export interface Accounts {
  readonly byRequest: ReadonlyMap<string, Account>;
  /** Lines that are no record, such as one cut short by a full disk. */
  readonly damagedLines: number;
}

interface OpenAccount extends Account {
  readonly arrived: Entry[];
  readonly started: Entry[];
  readonly finished: Entry[];
}

const LINE = /^([ASF]) (\d+\.\d{3}) (\S+) (.*)$/;

/** Reads what the backends of a fleet wrote into `dir`, its `logDir`. Safe while they are writing. */
export async function readJournal(dir: string): Promise<Accounts> {
  const byRequest = new Map<string, OpenAccount>();
  let damagedLines = 0;
  for (const name of (await readdir(dir)).sort()) {
    if (!name.endsWith(JOURNAL_SUFFIX)) continue;
    const backend = name.slice(0, -JOURNAL_SUFFIX.length);
    const input = createReadStream(join(dir, name), 'utf8');
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!enter(line, backend, byRequest)) damagedLines++;
    }
  }
  return { byRequest, damagedLines };
}

function enter(line: string, backend: string, byRequest: Map<string, OpenAccount>): boolean {
  const [, event, atMs, method, id] = LINE.exec(line) ?? [];
  if (method === undefined || id === undefined) return false;
  let account = byRequest.get(id);
  if (account === undefined) {
    account = { method, arrived: [], started: [], finished: [] };
    byRequest.set(id, account);
  }
  const entries = { A: account.arrived, S: account.started, F: account.finished };
  entries[event as keyof typeof entries].push({ backend, atMs: Number(atMs) });
  return true;
}
