/** A limit on open files that is lower than the limits on connections shows only under load: say so before. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { HttpLimits } from '@evenkeel/config';

/** A proxied request has a socket on either side; some more are for logs, probes, the admin API. */
const FILES_PER_CONNECTION = 2;
const OTHER_FILES = 100;

/** @returns a warning if the process may not open as many files as `limits.connections` can need */
export async function fileLimitWarning({ connections }: HttpLimits): Promise<string | undefined> {
  // Not a number where there is no such command: then nothing is known, and nothing said.
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', 'ulimit -n']).catch(() => ({
    stdout: '',
  }));
  const limit = Number(stdout.trim() || Number.NaN);
  const needed = connections * FILES_PER_CONNECTION + OTHER_FILES;
  if (!(limit < needed)) return undefined;
  return `at most ${limit} files may be open (ulimit -n), but limits.connections ${connections} can need ${needed}`;
}
