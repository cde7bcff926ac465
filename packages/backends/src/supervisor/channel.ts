/**
 * The supervisor's end of one backend process: numbered commands over IPC, each with one reply or
 * one reason why there is none.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BackendStats, type Command, NO_STATS, type Reply } from '../messages.ts';
import { BackendError, type BackendErrorCode } from './errors.ts';

const PROGRAM = fileURLToPath(new URL('../backend/process.ts', import.meta.url));

/** How long a living process may take to answer a command; the first includes its start. */
const REPLY_WITHIN_MS = 30_000;

interface Waiting {
  resolve(stats: BackendStats): void;
  reject(error: BackendError): void;
  readonly timer: NodeJS.Timeout;
}

/** A backend process. It exists from construction; `exited` resolves when it is gone. */
export class Channel {
  readonly exited: Promise<void>;
  readonly #id: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #seq = 0;
  #stats: BackendStats = NO_STATS;

  constructor(id: string) {
    this.#id = id;
    this.#child = fork(PROGRAM, [id], {
      execArgv: [],
      // Node's own cache of compiled code: a restart takes half the time.
      env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (reply: Reply) => this.#receive(reply));
    const gone = new Promise<void>((resolve) => {
      this.#child.once('exit', () => resolve());
      // Without a pid it never began, and there will be no exit.
      this.#child.on('error', () => this.pid === undefined && resolve());
    });
    this.exited = gone.then(() => this.#abandon());
  }

  /** Undefined when the process could not be made. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The latest figures received. */
  get stats(): BackendStats {
    return this.#stats;
  }

  /** Sends a command; resolves with the backend's figures after it. Rejects with a BackendError. */
  ask(command: Command, withinMs: number = REPLY_WITHIN_MS): Promise<BackendStats> {
    const seq = ++this.#seq;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(seq);
        reject(this.#error('no-answer', `did not answer within ${withinMs} ms`));
      }, withinMs);
      this.#waiting.set(seq, { resolve, reject, timer });
      this.#child.send({ seq, command }, (error) => {
        if (error) this.#take(seq)?.reject(this.#error('dead', 'has ended'));
      });
    });
  }

  /** Sends a signal; false when the process is gone already. */
  signal(signal: NodeJS.Signals): boolean {
    return this.#child.kill(signal);
  }

  #receive({ seq, stats, error }: Reply): void {
    this.#stats = stats;
    const waiting = this.#take(seq);
    if (error) waiting?.reject(this.#error(error.code ?? 'failed', error.message));
    else waiting?.resolve(stats);
  }

  #take(seq: number): Waiting | undefined {
    const waiting = this.#waiting.get(seq);
    this.#waiting.delete(seq);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #abandon(): void {
    for (const seq of [...this.#waiting.keys()]) {
      this.#take(seq)?.reject(this.#error('dead', 'has ended'));
    }
  }

  #error(code: BackendErrorCode, what: string): BackendError {
    return new BackendError(code, `backend ${this.#id}: ${what}`);
  }
}
