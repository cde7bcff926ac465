/** What is found wrong, or doubtful, in a configuration: gathered, so that all of it can be told at once. */

import { isRelated, type Path, PROBLEMS_MAX, type Problem, told, wrong } from '@evenkeel/config';
import { ConfigError } from './error.ts';
import type { WrongPart } from './layers.ts';
import type { Label } from './parse.ts';

export class Findings {
  readonly warnings: string[] = [];
  readonly #problems: string[];
  readonly #removed: readonly Path[];
  readonly #label: Label;

  /** @param before what was found wrong already, and left out */
  constructor(label: Label, before: WrongPart = { problems: [], removed: [] }) {
    this.#label = label;
    this.#problems = [...before.problems];
    this.#removed = before.removed;
  }

  /** `FIELD must be …, got VALUE`. */
  wrong(path: Path, expected: string, value: unknown): void {
    this.problem(wrong(path, expected, value));
  }

  problem(problem: Problem): void {
    if (this.#problems.length >= PROBLEMS_MAX) return;
    // What was left out is missing, and what is missing may be what this is about.
    if (this.#removed.some((path) => isRelated(path, problem.path))) return;
    this.#problems.push(told(problem, this.#label(problem.path)));
  }

  /** Something that can be used, but is hardly meant. */
  warn(path: Path, message: string): void {
    if (this.warnings.length < PROBLEMS_MAX) this.warnings.push(`${this.#label(path)} ${message}`);
  }

  /** @throws {ConfigError} if anything is wrong */
  throwIfAny(): void {
    const [first, ...rest] = this.#problems;
    if (first !== undefined) throw new ConfigError(first, ...rest);
  }
}
