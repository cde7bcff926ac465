/**
 * A response's head, read once from bytes. A backend is not trusted either: what leaves room for
 * two readings is a 502, and its connection is destroyed. One instance serves all connections.
 */

import type { ResponseProblem } from '../reasons.ts';
import { CLASSES, CR, DIGIT, LF, SP, VALUE } from './byte-classes.ts';
import { ConnectionOptions } from './connection-options.ts';
import { CONNECTION, DATE, KEEP_ALIVE, OTHER } from './fields.ts';
import { type Framing, NO_BODY, newFraming, readFraming, UNTIL_CLOSE } from './framing.ts';
import { BAD, Fields, INCOMPLETE, parseFields, TOO_MANY_FIELDS } from './head.ts';
import type { HttpLimits } from './settings.ts';

/** `HTTP/1.x 200` */
const STATUS_END = 12;

export class ResponseHead {
  readonly fields: Fields;
  readonly framing: Framing = newFraming();
  readonly #headBytes: number;
  readonly #connection = new ConnectionOptions();

  start = 0;
  /** Where the first field begins. */
  fieldsStart = 0;
  status = 0;
  http10 = false;
  /** Whether the backend leaves its connection open. */
  keepAlive = false;
  hasDate = false;
  /** A 1xx or 204 that speaks of a length all the same (RFC 9110 section 8.6). */
  hasFalseLength = false;
  /** What of it is malformed, if anything is. */
  problem: ResponseProblem = 'status-line';
  /** What `Keep-Alive: timeout=N` says, in seconds; −1 if nothing. */
  keepAliveSeconds = -1;

  constructor(limits: HttpLimits) {
    this.#headBytes = limits.headBytes;
    this.fields = new Fields(limits.fields);
  }

  /**
   * Reads the head that begins at `bytes[from]`.
   * @param toHead it answers HEAD: no body, whatever it says
   * @returns the index after it, INCOMPLETE, or a negative number: not acceptable
   */
  parse(bytes: Uint8Array, from: number, to: number, toHead: boolean): number {
    const limit = Math.min(to, from + this.#headBytes);
    this.start = from;
    this.problem = 'status-line';
    let end = this.#statusLine(bytes, from, limit);
    if (end > 0) {
      this.problem = 'fields';
      end = parseFields(this.fields, bytes, end, limit);
    }
    if (end > 0) return this.#meaning(toHead) ? end : BAD;
    const isTooLong = end === INCOMPLETE && limit - from === this.#headBytes;
    if (!isTooLong && end !== TOO_MANY_FIELDS) return end;
    this.problem = 'head-too-large';
    return BAD;
  }

  /** The values of all fields of this name (in lower case), joined; undefined: there is none. */
  field(name: string): string | undefined {
    return this.fields.joined(name);
  }

  #statusLine(bytes: Uint8Array, from: number, to: number): number {
    for (let k = 0; k < STATUS_END; k++) {
      if (from + k >= to) return INCOMPLETE;
      const byte = bytes[from + k] as number;
      if (k >= 9) {
        if (((CLASSES[byte] as number) & DIGIT) === 0) return BAD;
      } else if (k === 7) {
        if (byte !== 0x30 && byte !== 0x31) return BAD;
      } else if (byte !== 'HTTP/1.x '.charCodeAt(k)) {
        return BAD;
      }
    }
    const digit = (k: number): number => (bytes[from + k] as number) - 0x30;
    this.http10 = digit(7) === 0;
    this.status = digit(9) * 100 + digit(10) * 10 + digit(11);
    if (this.status < 100) return BAD;
    let i = from + STATUS_END;
    if (i < to && bytes[i] === SP) {
      i++;
      while (i < to && ((CLASSES[bytes[i] as number] as number) & VALUE) !== 0) i++;
    }
    if (i >= to) return INCOMPLETE;
    if (bytes[i] !== CR) return BAD;
    if (i + 1 >= to) return INCOMPLETE;
    if (bytes[i + 1] !== LF) return BAD;
    this.fieldsStart = i + 2;
    return i + 2;
  }

  #meaning(toHead: boolean): boolean {
    const { fields, framing } = this;
    this.#connection.clear();
    this.hasDate = false;
    this.keepAliveSeconds = -1;
    for (let i = 0; i < fields.count; i++) {
      const kind = fields.kind[i];
      if (kind === OTHER) continue;
      if (kind === DATE) this.hasDate = true;
      else if (kind === CONNECTION && !this.#connection.read(fields, i)) return false;
      else if (kind === KEEP_ALIVE) this.#readKeepAlive(fields.value(i));
    }
    if (!this.#connection.dropNamed(fields)) return false;
    this.problem = 'framing';
    if (readFraming(framing, fields, this.http10, true) < 0) return false;
    this.hasFalseLength = framing.kind !== NO_BODY && (this.status < 200 || this.status === 204);
    if (toHead || this.status < 200 || this.status === 204 || this.status === 304) {
      framing.kind = NO_BODY;
    } else if (framing.kind === NO_BODY) {
      framing.kind = UNTIL_CLOSE;
    }
    const { close, keepAlive } = this.#connection;
    this.keepAlive = !close && (!this.http10 || keepAlive) && framing.kind !== UNTIL_CLOSE;
    return true;
  }

  #readKeepAlive(value: string): void {
    const match = /(?:^|[,;\s])timeout=(\d{1,6})(?:$|[,;\s])/i.exec(value);
    if (match !== null) this.keepAliveSeconds = Number(match[1]);
  }
}
