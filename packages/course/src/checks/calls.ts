/**
 * Objects with plain methods (policies) held against a reference: the same calls to both, and the shortest
 * series of calls after which they differ.
 */

import fc from 'fast-check';
import { SubjectError } from '../sandbox/subject.ts';
import type { Check, CheckContext } from './check.ts';
import { Replayable } from './property.ts';

/** One call. */
export interface Call<T> {
  readonly method: keyof T & string;
  readonly args: readonly unknown[];
  /** As it reads in a trace: `slot 1 failed`. */
  readonly told: string;
}

/** A series of calls, each `afterMs` after the one before. */
export type Calls<T> = readonly {
  readonly afterMs: number;
  readonly call: (nowMs: number) => Call<T>;
}[];

/** What is compared. */
export interface Comparison<T extends object> {
  readonly id: string;
  readonly law: string;
  readonly methods: readonly (keyof T & string)[];
  /** What the factory is called with; absent: clock and random. */
  readonly argument?: (drawn: number) => string;
  readonly calls: (context: CheckContext) => fc.Arbitrary<Calls<T>>;
  readonly examples?: (context: CheckContext) => readonly Calls<T>[];
  readonly reference: (context: CheckContext, argument: string | undefined) => T;
  /** As the two results are compared and shown; default: as they are. */
  readonly seen?: (result: unknown, method: string) => string;
  readonly runs?: number;
}

const RUNS = 100;
const SHRINKS_MAX = 400;
const ARGUMENTS = 6;
const LINES_SHOWN = 14;

interface Difference {
  readonly found: string;
  readonly lines: readonly string[];
  readonly gone?: SubjectError;
}

type AnyMethods = Record<string, (...args: unknown[]) => unknown>;

/** Makes the calls until the two differ. */
function compareOnce<T extends object>(
  comparison: Comparison<T>,
  context: CheckContext,
  calls: Calls<T>,
  drawn: number,
): Difference | undefined {
  const { seen = String, methods } = comparison;
  const argument = comparison.argument?.(drawn);
  const lines: string[] = [];
  let nowMs = 0;
  const shown = (): string[] => {
    const hidden = lines.length - LINES_SHOWN;
    const begun = argument === undefined ? [] : [`begins as ${argument}`];
    return [
      ...begun,
      ...(hidden > 0 ? [`… ${hidden} earlier lines`] : []),
      ...lines.slice(-LINES_SHOWN),
    ];
  };
  try {
    const theirs = context.remote.object<T>(methods, {
      seed: context.seed,
      nowMs: () => nowMs,
      ...(argument !== undefined && { argument }),
    });
    const ours = comparison.reference(context, argument);
    for (const { afterMs, call } of calls) {
      nowMs += afterMs;
      const { method, args, told } = call(nowMs);
      const expected = seen((ours as AnyMethods)[method]?.(...args), method);
      lines.push(`${nowMs} ms  ${told}`);
      const got = seen((theirs as AnyMethods)[method]?.(...args), method);
      lines[lines.length - 1] += ` → ${got}`;
      if (got !== expected) {
        return {
          found: `${told} at ${nowMs} ms: ${got} where ${expected} is right`,
          lines: shown(),
        };
      }
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof SubjectError)) throw error;
    const found = { found: error.message, lines: shown() };
    return error.kind === 'fault' ? found : { ...found, gone: error };
  } finally {
    context.remote.discard();
  }
}

/** A check that holds an object against a reference. */
export function comparisonCheck<T extends object>(comparison: Comparison<T>): Check {
  const { id, law, runs = RUNS } = comparison;
  const run = (context: CheckContext): undefined => {
    let broken: Difference | undefined;
    let shrinks = 0;
    const holds = (calls: Calls<T>, drawn: number): boolean => {
      if (broken?.gone !== undefined || shrinks > SHRINKS_MAX) return true;
      if (broken !== undefined) shrinks++;
      const found = compareOnce(comparison, context, calls, drawn);
      if (found !== undefined) broken = found;
      return found === undefined;
    };
    const examples = comparison.examples?.(context) ?? [];
    const details = fc.check(fc.property(comparison.calls(context), fc.nat(ARGUMENTS - 1), holds), {
      seed: context.seed,
      numRuns: runs,
      ...(context.path !== undefined && { path: context.path }),
      examples: examples.map((calls): [Calls<T>, number] => [calls, 0]),
    });
    if (broken === undefined) return undefined;
    if (broken.gone !== undefined) throw broken.gone;
    throw new Replayable(law, broken.found, details.counterexamplePath ?? '', broken.lines);
  };
  return { id, law, run };
}
