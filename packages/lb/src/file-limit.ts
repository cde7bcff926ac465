/** A limit on open files that is lower than the limits on connections shows only under load: say so before. */

import { execFile } from 'node:child_process';
import type { HttpLimits } from '@evenkeel/config';
import type { ProgramLog } from './log/program-log.ts';

/** A proxied request has a socket on either side; some more are for logs, probes, the admin API. */
const FILES_PER_CONNECTION = 2;
const OTHER_FILES = 100;

/** Warns if the process may not open as many files as `limits.connections` can need. */
export function warnAboutFileLimit({ connections }: HttpLimits, log: ProgramLog): void {
  execFile('/bin/sh', ['-c', 'ulimit -n'], (error, output) => {
    const limit = Number(output);
    const needed = connections * FILES_PER_CONNECTION + OTHER_FILES;
    if (error !== null || !(limit < needed)) return;
    log.warn(
      `at most ${limit} files may be open (ulimit -n), but limits.connections ${connections} can need ${needed}`,
    );
  });
}
