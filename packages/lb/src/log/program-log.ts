/** The program's own log, on standard error: standard output is for the ready line and data. */

import type { LogConfig } from '@evenkeel/config';
import { pino } from 'pino';
import pretty from 'pino-pretty';

const STANDARD_ERROR = 2;

/** What the rest of the program knows of the log; a library's user may bring another. */
export interface ProgramLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Written at once: there are few lines, and the last before an end matter most. */
export function createProgramLog({ level, format }: LogConfig): ProgramLog {
  if (format === 'json') {
    return pino({ level, base: null }, pino.destination({ dest: STANDARD_ERROR, sync: true }));
  }
  const stream = pretty({
    destination: STANDARD_ERROR,
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
    colorize: process.stderr.isTTY === true,
  });
  return pino({ level, base: null }, stream);
}
