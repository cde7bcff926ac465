/** The program of the process that compiles one submission: its text on standard input, what came of it on standard output. */

import { text } from 'node:stream/consumers';
import type { Compiled } from '../submission.ts';
import { compiled, SubmissionError } from './compile.ts';

async function outcomeOf(source: string): Promise<Compiled> {
  try {
    return { code: await compiled(source) };
  } catch (error) {
    if (error instanceof SubmissionError) return { problem: error.message };
    throw error;
  }
}

process.stdout.write(JSON.stringify(await outcomeOf(await text(process.stdin))));
