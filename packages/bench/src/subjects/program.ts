/** A load balancer that is a program: started, and taken for a subject as soon as it accepts connections. */

import { startUnderWatchdog, untilAccepting } from './process.ts';
import type { RunningSubject } from './subject.ts';

export interface Program {
  /** For messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where it listens on 127.0.0.1. */
  readonly port: number;
}

/** Throws with the program's own last words when it does not come to listen. */
export async function startProgram(program: Program): Promise<RunningSubject> {
  const { name, command, args, env, port } = program;
  const child = startUnderWatchdog(command, args, env);
  await untilAccepting(name, child, port);
  return {
    origins: [`http://127.0.0.1:${port}`],
    pid: child.pid,
    adminUrl: null,
    accessLogFile: null,
    exitedEpochMs: child.exitedEpochMs,
    stop: child.stop,
  };
}
