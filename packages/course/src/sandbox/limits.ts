/** What a submission may use, how each limit is enforced, and what can be said of them afterwards. */

import { existsSync } from 'node:fs';

/** Limits of one exercise's run. */
export interface Limits {
  /** Longest time for one answer. */
  readonly callMs: number;
  /** From the start of the process to its first answer: the module's own code runs here. */
  readonly loadMs: number;
  /** All checks of one exercise together. */
  readonly exerciseMs: number;
  /** JavaScript heap. */
  readonly heapMiB: number;
  /** Resident memory, buffers included; looked at every `memoryPollMs`. */
  readonly memoryMiB: number;
  readonly memoryPollMs: number;
  /** Questions in one exercise. */
  readonly calls: number;
  /** Bytes of one answer. */
  readonly answerBytes: number;
  /** Bytes that a submission may print; the rest is dropped. */
  readonly outputBytes: number;
  /** Processes that may end early before the rest of the checks is given up. */
  readonly deaths: number;
}

export const LIMITS: Limits = {
  callMs: 5_000,
  loadMs: 15_000,
  exerciseMs: 120_000,
  heapMiB: 192,
  memoryMiB: 512,
  memoryPollMs: 20,
  calls: 2_000_000,
  answerBytes: 64 * 1024,
  outputBytes: 16 * 1024,
  deaths: 2,
};

/** Flags of the process: Node's permission model denies what is not allowed here. */
export function nodeFlags(folder: string, limits: Limits): string[] {
  return [
    '--permission',
    `--allow-fs-read=${folder}`,
    '--experimental-vm-modules',
    '--no-warnings',
    '--no-deprecation',
    '--disallow-code-generation-from-strings',
    `--max-old-space-size=${limits.heapMiB}`,
    '--max-semi-space-size=16',
    // Marks are the same twice over, whatever a submission draws.
    '--random-seed=1',
  ];
}

/** Resident memory can be read where there is a /proc. */
export function canMeasureMemory(): boolean {
  return existsSync('/proc/self/statm');
}

/** Which limits are in force on this machine, one line each: a grade carries them. */
export function limitsInForce(limits: Limits = LIMITS): string[] {
  const memory = canMeasureMemory()
    ? `${limits.memoryMiB} MiB of memory, of which ${limits.heapMiB} MiB heap`
    : `${limits.heapMiB} MiB of heap (memory outside the heap cannot be measured on this platform)`;
  const group =
    process.platform === 'win32'
      ? 'the process is killed at the end'
      : 'the process group is killed at the end';
  return [
    'files: its own folder, read only (Node permission model)',
    'child processes, workers, add-ons, inspector: denied (Node permission model)',
    'network: denied (Node permission model)',
    'modules: @evenkeel/core alone; no process, timers or code from strings',
    'chance and time: the built-in random draws from a fixed seed, Date stands still',
    `time: ${limits.callMs} ms an answer, ${limits.exerciseMs} ms an exercise`,
    `memory: ${memory}`,
    `output: ${limits.outputBytes} bytes printed, ${limits.answerBytes} bytes an answer`,
    group,
  ];
}
