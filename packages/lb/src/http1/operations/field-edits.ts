/**
 * Fields that are set, added and removed. What is set or removed goes in every spelling: servers that make
 * variables of fields read `X_User` and `X-User` as one, and a client must not get past a rule by the other.
 */

import { foldedName } from '@evenkeel/config';
import { latin1 } from '../head.ts';
import type { OperatedRequest, Render } from './operation.ts';
import { renderer } from './render.ts';

/** A field line that is written; its value may hold variables. */
export interface WrittenField {
  readonly name: string;
  readonly value: string;
}

/** What is done to the fields of a head: some are left out, then some are written. */
export interface FieldEditsConfig {
  readonly remove: readonly string[];
  readonly write: readonly WrittenField[];
}

export class FieldEdits {
  readonly #dropped: ReadonlySet<string>;
  readonly #lengths: ReadonlySet<number>;
  readonly #written: ReadonlySet<string>;
  readonly #lines: readonly (readonly [start: string, value: Render])[];
  /** What the Host field of a request is to be; undefined: it stays. */
  readonly host: string | undefined;

  constructor({ remove, write }: FieldEditsConfig) {
    const isHost = (name: string): boolean => name.toLowerCase() === 'host';
    this.host = write.find(({ name }) => isHost(name))?.value;
    const dropped = remove.filter((name) => !isHost(name));
    this.#dropped = new Set(dropped.map(foldedName));
    this.#lengths = new Set(dropped.map(({ length }) => length));
    this.#written = new Set(write.map(({ name }) => foldedName(name)));
    this.#lines = write
      .filter(({ name }) => !isHost(name))
      .map(({ name, value }) => [`${name}: `, renderer(value)]);
  }

  /** Whether the field with the name in `bytes[from, to)` is left out. */
  drops(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#lengths.has(to - from) && this.dropsName(latin1(bytes, from, to));
  }

  dropsName(name: string): boolean {
    return this.#dropped.has(foldedName(name));
  }

  /** Whether a field of this name is set, added or removed. */
  concerns(name: string): boolean {
    return this.dropsName(name) || this.#written.has(foldedName(name));
  }

  /** The field lines that are new, each with its line end. */
  lines(request: OperatedRequest): string {
    let lines = '';
    for (const [start, value] of this.#lines) lines += `${start}${value(request)}\r\n`;
    return lines;
  }
}
