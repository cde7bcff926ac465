/** What a level is, and how it fails. docs/black-box.md is what they all go by. */

import type { TestFleet } from './fleet.ts';
import type { TestSubject } from './subject.ts';

/** A running program with its backends. */
export interface Stage {
  readonly subject: TestSubject;
  readonly fleet: TestFleet;
}

/** One level of the black box. */
export interface Level {
  /** 1 to 7. */
  readonly number: number;
  readonly title: string;
  readonly points: number;
  readonly backends: number;
  /** Returns if the program does what the level asks. @throws {LevelFailed} */
  run(stage: Stage): Promise<void>;
}

/** The program does not do what the level asks; one line. */
export class LevelFailed extends Error {
  override readonly name = 'LevelFailed';
}

/** @throws {LevelFailed} */
export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new LevelFailed(otherwise);
}
