/** The program's own log, on standard error: standard output is for the ready line and data. */

import type { LogConfig } from '@evenkeel/config';
import { type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import pinoPretty from 'pino-pretty';
import sonicBoom from 'sonic-boom';
import { escapeControls } from './escape.ts';

const STANDARD_ERROR = 2;
/** Kept while a reader does not read; further lines are dropped. */
const WAITING_BYTES_MAX = 65_536;

/** What the rest of the program knows of the log; a library's user may bring another. */
export interface ProgramLog {
  /** Debug lines are written; only then are those about every attempt made. */
  readonly isDebug?: boolean;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Each line is written at once: there are few, and the last ones before an end matter most. A reader
 * that does not read must not stop the program, so what a full pipe does not take is kept, within a
 * bound, until the next line.
 */
export function createProgramLog({ level, format }: LogConfig): ProgramLog {
  // Node makes a pipe non-blocking when its stream is made.
  void process.stderr;
  const destination = new sonicBoom.SonicBoom({
    fd: STANDARD_ERROR,
    sync: true,
    maxLength: WAITING_BYTES_MAX,
    retryEAGAIN: () => false,
  });
  destination.on('error', () => {});
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (name) => ({ level: name }) },
  };
  if (format === 'json') return messagesOf(pino(options, destination));
  const pretty = pinoPretty.prettyFactory({
    translateTime: 'SYS:HH:MM:ss.l',
    colorize: process.stderr.isTTY === true,
  });
  return messagesOf(pino(options, { write: (line) => void destination.write(pretty(line)) }));
}

/** Names and reasons in messages may come from outside: none may steer a terminal. */
function messagesOf(log: Logger): ProgramLog {
  return {
    isDebug: log.isLevelEnabled('debug'),
    debug: (message) => log.debug(escapeControls(message)),
    info: (message) => log.info(escapeControls(message)),
    warn: (message) => log.warn(escapeControls(message)),
    error: (message) => log.error(escapeControls(message)),
  };
}
