/** What is found wrong, or doubtful, in a configuration: gathered, so that all of it can be told at once. */

import { type Path, PROBLEMS_MAX, type Problem, told, wrong } from '@evenkeel/config';
import { ConfigError } from './error.ts';
import type { Label } from './parse.ts';

export class Findings {
  readonly warnings: string[] = [];
  readonly #problems: string[] = [];
  readonly #label: Label;

  constructor(label: Label) {
    this.#label = label;
  }

  /** `FIELD must be …, got VALUE`. */
  wrong(path: Path, expected: string, value: unknown): void {
    this.problem(wrong(path, expected, value));
  }

  problem(problem: Problem): void {
    if (this.#problems.length >= PROBLEMS_MAX) return;
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
