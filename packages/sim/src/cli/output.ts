/** Where the commands write: figures to files, words to people. */

import {
  accessSync,
  constants,
  createWriteStream,
  existsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { format, left, makeFolder, renderTable, right } from '@evenkeel/report';
import { UsageError } from './flags.ts';

/** `-` is standard output, and then nothing else may go there. */
const STANDARD_OUTPUT = '-';

/** What people read while and after a command runs; silent where standard output carries JSON. */
export interface Display {
  line(text: string): void;
  /** Shows how far it is, over and over in one line; only on a terminal. */
  progress(text: string): void;
}

const CLEAR_LINE = '\r\x1b[K';

/** The display that suits `--json FILE`. */
export function displayFor(json: string | undefined): Display {
  const isTerminal = process.stderr.isTTY === true;
  return {
    line(text) {
      if (isTerminal) process.stderr.write(CLEAR_LINE);
      if (json !== STANDARD_OUTPUT) process.stdout.write(`${text}\n`);
    },
    progress(text) {
      if (isTerminal) process.stderr.write(`${CLEAR_LINE}${text}`);
    },
  };
}

function cannotWrite(file: string, cause: unknown): UsageError {
  const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'failed';
  return new UsageError(`${file}: cannot be written (${why})`, { cause });
}

/**
 * Looks before a long run whether its figures will have a place; an undefined one is not asked for.
 * @throws {UsageError} if a file cannot be written
 */
export function mustBeWritable(...files: readonly (string | undefined)[]): void {
  for (const file of files) {
    if (file === undefined || file === STANDARD_OUTPUT) continue;
    try {
      accessSync(existsSync(file) ? file : dirname(resolve(file)), constants.W_OK);
    } catch (cause) {
      throw cannotWrite(file, cause);
    }
    if (existsSync(file) && statSync(file).isDirectory()) {
      throw new UsageError(`${file}: cannot be written (EISDIR)`);
    }
  }
}

/**
 * The same for a folder, which is made.
 * @throws {UsageError} if it cannot be made or written into
 */
export function mustBeFolder(folder: string | undefined): void {
  if (folder === undefined) return;
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw cannotWrite(folder, cause);
  }
}

/** Writes JSON to a file or to standard output. */
export function writeJson(file: string, value: unknown): void {
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (file === STANDARD_OUTPUT) {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

/** Writes text to a file. */
export function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw cannotWrite(file, cause);
  }
}

const CHUNK_CHARACTERS = 1 << 16;

/** A file that grows line by line; `close` resolves when all is on disk. */
export interface LineFile {
  line(text: string): void;
  close(): Promise<void>;
}

/** Opens a file for lines, which are written in large pieces. */
export async function openLines(file: string): Promise<LineFile> {
  const stream = createWriteStream(file);
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (cause) => reject(cannotWrite(file, cause)));
  });
  let buffer = '';
  return {
    line(text) {
      buffer += `${text}\n`;
      if (buffer.length < CHUNK_CHARACTERS) return;
      stream.write(buffer);
      buffer = '';
    },
    close: () => new Promise((resolve) => stream.end(buffer, () => resolve())),
  };
}

/** Text in columns: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((text, i) => (i === 0 ? left(text) : right(text))));
  return renderTable(cells, false).join('\n');
}

/** Three digits that count, or a dash for what is not known. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return format.UNKNOWN;
  return format.number(Number(value.toPrecision(3)));
}
