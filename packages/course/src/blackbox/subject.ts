/** The program under test: started by its command, found ready when it answers, killed with all it has started. */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a program is started. */
export interface Launch {
  /** With `{port}` and `{backends}` (URLs, separated by commas) in it. */
  readonly command?: string | undefined;
  /** A configuration file with placeholders; its first line says how it is used. */
  readonly configTemplate?: string | undefined;
  /** Where the command runs; default: here. */
  readonly cwd?: string | undefined;
}

/** The command cannot be used; one line. */
export class LaunchError extends Error {
  override readonly name = 'UsageError';
}

const START_MS = 15_000;
const OUTPUT_MAX = 4_000;

/** The range lies below those of outgoing connections, so that none of these takes a port before the program does. */
const [FIRST_PORT, LAST_PORT] = [10_000, 19_999];

async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (await canListen(port)) return port;
  }
  throw new LaunchError(`no free port was found from ${FIRST_PORT} to ${LAST_PORT}`);
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}

/**
 * A template's lines: one with `{backend}` is repeated for each backend (host:port), with `{n}` as its number. The
 * first line is `# command: … {config} …`, the second may be `# stop: SIGNAL`, what ends it gracefully.
 */
function fromTemplate(
  file: string,
  values: Readonly<Record<string, string>>,
  backends: readonly string[],
): { command: string; stop: NodeJS.Signals | undefined; text: string } {
  const lines = readFileSync(file, 'utf8').split('\n');
  const command = /^#\s*command:\s*(.+)$/.exec(lines[0] ?? '')?.[1];
  if (command === undefined) {
    throw new LaunchError(`${file}: the first line must be "# command: PROGRAM … {config} …"`);
  }
  const stop = /^#\s*stop:\s*(SIG[A-Z0-9]+)$/.exec(lines[1] ?? '')?.[1] as
    | NodeJS.Signals
    | undefined;
  const text = lines.flatMap((line) =>
    line.includes('{backend}')
      ? backends.map((url, i) =>
          line.replaceAll('{backend}', new URL(url).host).replaceAll('{n}', String(i + 1)),
        )
      : [line],
  );
  return { command, stop, text: filled(text.join('\n'), values) };
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce(
    (now, [name, value]) => now.replaceAll(`{${name}}`, value),
    text,
  );
}

/** See the head of this file. */
export class TestSubject {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #stop: NodeJS.Signals;
  #output = '';
  /** Exit code and signal, once it has ended. */
  ended: { readonly code: number | null; readonly signal: string | null } | undefined;

  private constructor(child: ChildProcess, port: number, folder: string, stop: NodeJS.Signals) {
    this.#stop = stop;
    this.#child = child;
    this.port = port;
    this.#folder = folder;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-OUTPUT_MAX);
      });
    }
    child.on('error', (error) => {
      this.#output += error.message;
      this.ended = { code: 1, signal: null };
    });
    child.on('exit', (code, signal) => {
      this.ended = { code, signal };
    });
  }

  /** @throws {LaunchError} if it does not accept connections in time */
  static async start(
    { command, configTemplate, cwd }: Launch,
    backends: readonly string[],
  ): Promise<TestSubject> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'blackbox-'));
    const config = join(folder, 'config');
    const values = {
      ...{ port: String(port), backends: backends.join(','), dir: folder, config },
      node: process.execPath,
    };
    let line = command ?? '';
    let stop: NodeJS.Signals = 'SIGTERM';
    if (configTemplate !== undefined) {
      const {
        command: templated,
        stop: signal,
        text,
      } = fromTemplate(configTemplate, values, backends);
      writeFileSync(config, text);
      line = templated;
      stop = signal ?? stop;
    }
    const shell = process.platform === 'win32' ? undefined : '/bin/sh';
    const child = spawn(`exec ${filled(line, values)}`, {
      shell: shell ?? true,
      detached: true,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const subject = new TestSubject(child, port, folder, stop);
    for (let waitedMs = 0; waitedMs < START_MS; waitedMs += 50) {
      if (subject.ended !== undefined) break;
      if (await accepts(port)) return subject;
      await sleep(50);
    }
    const last = subject.#output.trim().split('\n').at(-1) ?? '';
    await subject.kill();
    const how =
      subject.ended === undefined ? `does not accept connections on port ${port}` : 'ended';
    throw new LaunchError(
      `the program ${how} within ${START_MS} ms${last === '' ? '' : `: ${last}`}`,
    );
  }

  /** Waits until it has ended or accepts no connections any more, not longer than that. */
  async untilLeaving(limitMs: number): Promise<void> {
    const endMs = performance.now() + limitMs;
    while (performance.now() < endMs && this.ended === undefined && (await accepts(this.port))) {
      await sleep(20);
    }
  }

  /** Asks it to end gracefully. */
  stop(): void {
    this.#child.kill(this.#stop);
  }

  async kill(): Promise<void> {
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It was gone already.
    }
    for (let i = 0; i < 100 && this.ended === undefined; i++) await sleep(20);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
