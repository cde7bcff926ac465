/**
 * Reads a student's file and has it compiled, in a process of its own: a text that crashes a parser, or keeps one busy for
 * ever, costs its author points and not the class.
 */

import { spawn } from 'node:child_process';
import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { SubmissionError } from './compiler/compile.ts';
import { SUBMISSION_NAME } from './protocol.ts';

/** What the compiling process answers. */
export type Compiled = { readonly code: string } | { readonly problem: string };

const LARGEST_BYTES = 64 * 1024;
const COMPILE_MS = 20_000;
const HEAP_MIB = 256;

function read(file: string): string {
  try {
    const stat = lstatSync(file);
    // A link could name a file of the grader's.
    if (!stat.isFile()) throw new SubmissionError(`${SUBMISSION_NAME} is no plain file`);
    const { size } = stat;
    if (size > LARGEST_BYTES) {
      throw new SubmissionError(
        `${SUBMISSION_NAME} has ${size} bytes, at most ${LARGEST_BYTES} are read`,
      );
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof SubmissionError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new SubmissionError(`${SUBMISSION_NAME} cannot be read (${code ?? 'unknown error'})`);
  }
}

/** What the process wrote before it ended, or was ended with its whole group: the bundler is a process too. */
async function compile(source: string): Promise<string> {
  const isGroup = process.platform !== 'win32';
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MIB}`, join(import.meta.dirname, 'compiler/main.ts')],
    { detached: isGroup, stdio: ['pipe', 'pipe', 'ignore'] },
  );
  const kill = (): void => {
    try {
      if (isGroup && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    } catch {
      // It was gone already.
    }
  };
  const timer = setTimeout(kill, COMPILE_MS);
  child.stdin.on('error', () => {});
  child.stdin.end(source);
  const notStarted = new Promise<never>((_, reject) => child.once('error', reject));
  try {
    return await Promise.race([text(child.stdout), notStarted]);
  } finally {
    clearTimeout(timer);
    kill();
  }
}

/**
 * The JavaScript of a student's file, line for line.
 * @throws {SubmissionError} on what cannot be read or compiled, is no TypeScript, or imports something else than core
 */
export async function readSubmission(file: string): Promise<string> {
  const answer = await compile(read(file));
  // Half an answer is none: the process has crashed, or was ended.
  const outcome: Compiled = answer.endsWith('}')
    ? JSON.parse(answer)
    : {
        problem: `${SUBMISSION_NAME} cannot be compiled: it is nested too deeply, or takes for ever`,
      };
  if ('code' in outcome) return outcome.code;
  throw new SubmissionError(outcome.problem);
}
