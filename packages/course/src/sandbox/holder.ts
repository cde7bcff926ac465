/**
 * A submission's process, seen from the grader: started in an empty folder of its own, watched, and killed
 * with its whole process group.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { canMeasureMemory, type Limits, nodeFlags } from './limits.ts';

const PAGE_KIB = 4;

/** What the owner of a holder is told. */
export interface HolderEvents {
  /** One line of the child. */
  readonly answered: (line: string) => void;
  /** The process is gone; why, in a few words for the student. Once, and last. */
  readonly ended: (why: string) => void;
  readonly printed: (text: string) => void;
}

function residentMiB(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    return (pages * PAGE_KIB) / 1024;
  } catch {
    return 0;
  }
}

/** See the head of this file. */
export class Holder {
  readonly #child: ChildProcess;
  readonly #limits: Limits;
  readonly #events: HolderEvents;
  readonly #poll: NodeJS.Timeout | undefined;
  #pending = '';
  #printedBytes = 0;
  #errors = '';
  #reason: string | undefined;

  constructor(folder: string, limits: Limits, events: HolderEvents) {
    this.#limits = limits;
    this.#events = events;
    this.#child = spawn(
      process.execPath,
      [...nodeFlags(folder, limits), join(folder, 'main.mjs')],
      {
        cwd: folder,
        env: {},
        detached: process.platform !== 'win32',
        stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
      },
    );
    this.#listen();
    if (canMeasureMemory()) {
      this.#poll = setInterval(() => this.#checkMemory(), limits.memoryPollMs);
    }
  }

  ask(line: string): void {
    (this.#child.stdio[4] as Writable).write(`${line}\n`);
  }

  /** Ends the whole group at once. `ended` follows. */
  kill(why: string): void {
    this.#reason ??= why;
    const { pid } = this.#child;
    try {
      if (pid !== undefined && process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
      else this.#child.kill('SIGKILL');
    } catch {
      // It was gone already.
    }
  }

  #listen(): void {
    const child = this.#child;
    child.on('error', (error) => {
      this.#reason ??= `could not be started (${error.message})`;
    });
    child.stdio[4]?.on('error', () => {});
    (child.stdio[3] as Readable).setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#print(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#errors.length < this.#limits.outputBytes) this.#errors += text;
    });
    child.on('close', (code, signal) => {
      clearInterval(this.#poll);
      // Whatever it may have started dies with it.
      this.kill('');
      this.#events.ended(this.#reason || this.#whyEnded(code, signal));
    });
  }

  #whyEnded(code: number | null, signal: NodeJS.Signals | null): string {
    if (/heap out of memory|Allocation failed/.test(this.#errors)) {
      return `its process used more than ${this.#limits.heapMiB} MiB of heap`;
    }
    if (code === 13) return 'its process ended: the module waits for something that never comes';
    return `its process ended (${signal ?? `exit code ${code}`})`;
  }

  #hear(text: string): void {
    this.#pending += text;
    if (this.#pending.length > this.#limits.answerBytes) {
      this.kill(`an answer had more than ${this.#limits.answerBytes} bytes`);
      return;
    }
    let end = this.#pending.indexOf('\n');
    while (end >= 0) {
      const line = this.#pending.slice(0, end);
      this.#pending = this.#pending.slice(end + 1);
      this.#events.answered(line);
      end = this.#pending.indexOf('\n');
    }
  }

  #print(text: string): void {
    const room = this.#limits.outputBytes - this.#printedBytes;
    this.#printedBytes += text.length;
    if (room > 0) this.#events.printed(text.slice(0, room));
  }

  #checkMemory(): void {
    const { pid } = this.#child;
    const { memoryMiB } = this.#limits;
    if (pid !== undefined && residentMiB(pid) > memoryMiB) {
      this.kill(`its process used more than ${memoryMiB} MiB of memory`);
    }
  }
}
