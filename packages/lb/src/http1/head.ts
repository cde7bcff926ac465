/**
 * The strict parser of field sections (RFC 9112 section 5), straight on bytes, and the record that it
 * fills: offsets into the input, no object and no string per field.
 *
 * It accepts exactly the grammar and repairs nothing: a bare CR or LF, a space before the colon, a
 * folded line or a control byte is an error, because each of them is read differently by some
 * other implementation, and that difference is what request smuggling is made of.
 */

import { CLASSES, COLON, CR, HTAB, LF, SP, TOKEN, tokenEquals, VALUE } from './byte-classes.ts';
import { fieldKind } from './fields.ts';

const { latin1Slice } = Buffer.prototype;

/** The input ends before the section does. */
export const INCOMPLETE = 0;
/** The section breaks the grammar. Errors are negative status codes. */
export const BAD = -400;
/** More fields than allowed. */
export const TOO_MANY_FIELDS = -431;

/** The fields of one message: filled by `parseFields`, valid as long as its bytes are. */
export class Fields {
  bytes: Uint8Array = new Uint8Array(0);
  count = 0;
  readonly nameStart: Int32Array;
  readonly nameEnd: Int32Array;
  readonly valueStart: Int32Array;
  /** Without trailing white space. */
  readonly valueEnd: Int32Array;
  /** What each means to us: the constants of fields.ts. */
  readonly kind: Uint8Array;
  /** Where the empty line begins. */
  sectionEnd = 0;

  /** @param limit most fields in one section */
  constructor(limit: number) {
    this.nameStart = new Int32Array(limit);
    this.nameEnd = new Int32Array(limit);
    this.valueStart = new Int32Array(limit);
    this.valueEnd = new Int32Array(limit);
    this.kind = new Uint8Array(limit);
  }

  /** The value of field `i` as a string of bytes. */
  value(i: number): string {
    return latin1(this.bytes, this.valueStart[i] as number, this.valueEnd[i] as number);
  }

  /** The values of all fields of this name (in lower case), joined (RFC 9110 section 5.3). */
  joined(name: string): string | undefined {
    let all: string | undefined;
    for (let i = 0; i < this.count; i++) {
      const from = this.nameStart[i] as number;
      if (!tokenEquals(this.bytes, from, this.nameEnd[i] as number, name)) continue;
      if (all === undefined) all = this.value(i);
      else all += (name === 'cookie' ? '; ' : ', ') + this.value(i);
    }
    return all;
  }

  /** Where the line of field `i` ends, its CR LF included. */
  lineEnd(i: number): number {
    return i + 1 < this.count ? (this.nameStart[i + 1] as number) : this.sectionEnd;
  }
}

/** A string with one character per byte. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return latin1Slice.call(bytes, from, to);
}

/**
 * Parses a field section with its final empty line in `bytes[from, to)`.
 * @returns the index after the empty line, INCOMPLETE, or an error
 */
export function parseFields(fields: Fields, bytes: Uint8Array, from: number, to: number): number {
  fields.bytes = bytes;
  fields.count = 0;
  let i = from;
  for (;;) {
    if (i >= to) return INCOMPLETE;
    if (bytes[i] === CR) {
      if (i + 1 >= to) return INCOMPLETE;
      if (bytes[i + 1] !== LF) return BAD;
      fields.sectionEnd = i;
      return i + 2;
    }
    const next = parseLine(fields, bytes, i, to);
    if (next <= 0) return next;
    i = next;
  }
}

/** One field line; the index after its LF, INCOMPLETE, or an error. */
function parseLine(fields: Fields, bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && ((CLASSES[bytes[i] as number] as number) & TOKEN) !== 0) i++;
  if (i === to) return INCOMPLETE;
  if (bytes[i] !== COLON || i === from) return BAD;
  const nameEnd = i++;
  while (i < to && (bytes[i] === SP || bytes[i] === HTAB)) i++;
  const valueStart = i;
  while (i < to && ((CLASSES[bytes[i] as number] as number) & VALUE) !== 0) i++;
  if (i === to) return INCOMPLETE;
  if (bytes[i] !== CR) return BAD;
  if (i + 1 === to) return INCOMPLETE;
  if (bytes[i + 1] !== LF) return BAD;
  const n = fields.count;
  if (n === fields.kind.length) return TOO_MANY_FIELDS;
  let valueEnd = i;
  while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1] as number)) valueEnd--;
  fields.nameStart[n] = from;
  fields.nameEnd[n] = nameEnd;
  fields.valueStart[n] = valueStart;
  fields.valueEnd[n] = valueEnd;
  fields.kind[n] = fieldKind(bytes, from, nameEnd);
  fields.count = n + 1;
  return i + 2;
}

function isBlank(byte: number): boolean {
  return byte === SP || byte === HTAB;
}
