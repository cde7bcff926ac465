/** A check that did not hold, told so that a student can see it happen again. */

import type { Step } from '@evenkeel/core/testing';

/** See the head of this file. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  /** What should have been, in one line. */
  readonly expected: string;
  /** The smallest counter-example, ready to print; may be empty. */
  readonly trace: readonly string[];
  /** The same as a film for the lab; empty: it is made of the trace's lines. */
  readonly steps: readonly Step[];

  /** @param found what was instead, in one line */
  constructor(
    expected: string,
    found: string,
    trace: readonly string[] = [],
    steps: readonly Step[] = [],
  ) {
    super(found);
    this.expected = expected;
    this.trace = trace;
    this.steps = steps;
  }
}
