/**
 * From a student's text to what the child runs. The text is checked here, where a mistake can be shown with its
 * line; types are replaced by spaces, so that all lines stay where they are.
 */

import { stripTypeScriptTypes } from 'node:module';
import { build, type Message, type Plugin } from 'esbuild';
import { SUBMISSION_NAME } from '../protocol.ts';

/** A submission that cannot be run; the message is one line for its author. */
export class SubmissionError extends Error {
  override readonly name = 'SubmissionError';
}

/** Only core's public entry may be imported; types of anything vanish and do no harm. */
const CORE_ALONE: Plugin = {
  name: 'core-alone',
  setup(run) {
    run.onResolve({ filter: /.*/ }, ({ path, kind }) => {
      if (kind === 'entry-point') return undefined;
      if (path === '@evenkeel/core') return { path, external: true };
      return { errors: [{ text: `only @evenkeel/core can be imported, not "${path}"` }] };
    });
  },
};

function lineOf({ text, location }: Message): string {
  const what = text.replace(/\s*\n\s*/g, ' ');
  return location === null
    ? `${SUBMISSION_NAME}: ${what}`
    : `${SUBMISSION_NAME}:${location.line}: ${what}`;
}

function isBuildFailure(error: unknown): error is { errors: Message[] } {
  return error instanceof Error && Array.isArray((error as { errors?: unknown }).errors);
}

/** Types replaced by spaces. Node warns that this is experimental, though it runs the kit itself that way. */
function stripped(source: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source, { mode: 'strip' });
  } catch (error) {
    const { code = '', message: text, stack } = error as NodeJS.ErrnoException;
    // The parser's own failures have another code, or none.
    if (!/TYPESCRIPT/.test(code))
      throw new SubmissionError(`${SUBMISSION_NAME} is nested too deeply`);
    const line = /:(\d+):\d+/.exec(text)?.[1] ?? /:(\d+)/.exec(String(stack))?.[1];
    const what = text.split('\n').find((part) => /[a-z]{3}/.test(part)) ?? text;
    throw new SubmissionError(
      `${SUBMISSION_NAME}${line === undefined ? '' : `:${line}`}: ${what.trim()}`,
    );
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * The JavaScript of a student's text, line for line. Both parsers are recursive, and no match for a text that means
 * harm: what is not our own goes through `readSubmission`.
 * @throws {SubmissionError} on what is no TypeScript, or imports something else than core
 */
export async function compiled(source: string): Promise<string> {
  try {
    await build({
      stdin: { contents: source, loader: 'ts', sourcefile: SUBMISSION_NAME, resolveDir: '/' },
      bundle: true,
      write: false,
      format: 'esm',
      target: 'esnext',
      logLevel: 'silent',
      tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
      plugins: [CORE_ALONE],
    });
  } catch (error) {
    const [first] = isBuildFailure(error) ? error.errors : [];
    if (first === undefined) throw error;
    throw new SubmissionError(lineOf(first));
  }
  return stripped(source);
}
