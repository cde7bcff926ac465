/** The Connection field (RFC 9110 section 7.6.1): what it says of the connection, and which fields it names. */

import { tokenEquals } from './byte-classes.ts';
import * as kinds from './fields.ts';
import { type Fields, latin1 } from './head.ts';
import { eachToken } from './lists.ts';

/** Naming one of these would make the next hop read another message than we did. */
const NEVER_HOP_BY_HOP: ReadonlySet<number> = new Set([
  kinds.HOST,
  kinds.CONTENT_LENGTH,
  kinds.TRANSFER_ENCODING,
]);

/** All Connection fields of one message together. */
export class ConnectionOptions {
  close = false;
  keepAlive = false;
  upgrade = false;
  #names: Set<string> | undefined;

  clear(): void {
    this.close = false;
    this.keepAlive = false;
    this.upgrade = false;
    this.#names = undefined;
  }

  /** Takes in field `i`; false if it is not a list of tokens. */
  read(fields: Fields, i: number): boolean {
    const { bytes, valueStart, valueEnd } = fields;
    return eachToken(bytes, valueStart[i] as number, valueEnd[i] as number, (from, to) => {
      if (tokenEquals(bytes, from, to, 'keep-alive')) this.keepAlive = true;
      else if (tokenEquals(bytes, from, to, 'close')) this.close = true;
      else if (tokenEquals(bytes, from, to, 'upgrade')) this.upgrade = true;
      else this.#nameField(latin1(bytes, from, to).toLowerCase());
    });
  }

  #nameField(name: string): void {
    this.#names ??= new Set();
    this.#names.add(name);
  }

  /** Marks the named fields as not to be passed on; false if one is named that must be. */
  dropNamed(fields: Fields): boolean {
    const names = this.#names;
    if (names === undefined) return true;
    for (let i = 0; i < fields.count; i++) {
      const name = latin1(fields.bytes, fields.nameStart[i] as number, fields.nameEnd[i] as number);
      if (!names.has(name.toLowerCase())) continue;
      const kind = fields.kind[i] as number;
      if (NEVER_HOP_BY_HOP.has(kind)) return false;
      // TE and the like have rules of their own, which drop them too.
      if (kind !== kinds.TE && kind !== kinds.CONNECTION && kind !== kinds.KEEP_ALIVE) {
        fields.kind[i] = kinds.NAMED_BY_CONNECTION;
      }
    }
    return true;
  }
}

/** Whether the whole value of field `i` is this token. */
export function fieldIs(fields: Fields, i: number, name: string): boolean {
  const from = fields.valueStart[i] as number;
  return tokenEquals(fields.bytes, from, fields.valueEnd[i] as number, name);
}

/** Whether the list in field `i` has this token among its well-formed members. */
export function fieldHas(fields: Fields, i: number, name: string): boolean {
  const { bytes, valueStart, valueEnd } = fields;
  let found = false;
  eachToken(bytes, valueStart[i] as number, valueEnd[i] as number, (from, to) => {
    found ||= tokenEquals(bytes, from, to, name);
  });
  return found;
}
