/** The handout in an empty folder, without this kit around it: installed from what is on this machine, with no network but loopback. */

import { spawnSync } from 'node:child_process';
import { KIT_FOLDER } from '../src/exercise/exercises.ts';
import { writeHandout } from '../src/handout/handout.ts';

const NO_NETWORK = { http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

/** What a command of the handout said. */
export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Writes and installs it. @returns runs `pnpm` there @throws {Error} with pnpm's own words */
export function installHandout(out: string): (...args: string[]) => Said {
  writeHandout(KIT_FOLDER, out);
  const run = (...args: string[]): Said => {
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...NO_NETWORK, CI: '1' };
    const { status, stdout, stderr } = spawnSync('pnpm', args, { cwd: out, env, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  };
  const installed = run('install', '--offline', '--frozen-lockfile');
  if (installed.code !== 0) throw new Error(`${installed.out}\n${installed.err}`);
  return run;
}
