/** Where and from what a run was made, as results.json tells it: for the simulator's commands and the bench's. */

import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Environment, Results } from '@evenkeel/report';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** This machine; `extra`: further keys that the report shows as they are. */
export function environment(
  extra: Readonly<Record<string, string | number | boolean | null>> = {},
): Environment {
  return {
    node: process.version,
    os: `${type()} ${release()}`,
    arch: arch(),
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    ...extra,
  };
}

/** The kit's own commit, or null where there is no git or no checkout. */
export function gitState(): Results['git'] {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', ['-C', HERE, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
    return { commit: git('rev-parse', 'HEAD'), dirty: git('status', '--porcelain', '-uno') !== '' };
  } catch {
    return null;
  }
}

/**
 * The line that repeats a run, quoted for a shell.
 * @param seed added where it was not given; absent for a command that takes none
 */
export function commandLine(command: string, args: readonly string[], seed?: number): string {
  const quoted = args.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`,
  );
  const isGiven = args.some((arg) => arg === '--seed' || arg.startsWith('--seed='));
  const added = isGiven || seed === undefined ? [] : ['--seed', String(seed)];
  return ['pnpm', command, ...quoted, ...added].join(' ');
}
