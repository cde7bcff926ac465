/**
 * Ends a frozen process whose supervisor has died. A backend ends by itself when the supervisor dies, but not while
 * SIGSTOP holds it; and a supervisor that is killed cannot clean up. So each frozen process
 * has a guard: a shell that waits for a line on a pipe from the supervisor. A line means
 * that all is well again; the end of the pipe, that the supervisor is gone, and the guard kills.
 */

import { spawn } from 'node:child_process';

const SCRIPT = 'read -r _ || kill -KILL "$0"';

/** Watches over process `pid` until the returned function is called, at the latest when `pid` ends. */
export function guard(pid: number): () => void {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, String(pid)], {
    // A session of its own, so that a signal to the supervisor's process group spares the guard.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  return () => shell.stdin.end('released\n');
}
