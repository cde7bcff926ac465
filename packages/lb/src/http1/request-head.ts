/**
 * A request's head, read once from bytes: start line, fields, and everything that must be known
 * before a backend may be picked. Whatever is refused here never causes a connection.
 *
 * One instance per configuration serves all connections: heads are read in one go, so nothing needs
 * to be kept beyond the call. Offsets point into the input.
 */

import { METHODS } from 'node:http';
import type { HeadProblem } from '../reasons.ts';
import type { RequestFacts } from '../stream.ts';
import { isAuthority } from './authority.ts';
import { CLASSES, CR, DIGIT, LF, QUESTION, SLASH, SP, TARGET, TOKEN } from './byte-classes.ts';
import { ConnectionOptions, fieldHas, fieldIs } from './connection-options.ts';
import { CONNECTION, EXPECT, HOST, MAX_FORWARDS, OTHER, TE, UPGRADE } from './fields.ts';
import { type Framing, newFraming, readFraming } from './framing.ts';
import { BAD, Fields, INCOMPLETE, latin1, parseFields } from './head.ts';
import type { HttpLimits } from './settings.ts';
import { permittedUpgrades } from './upgrade.ts';

const URI_TOO_LONG = -414;
const EXPECTATION_FAILED = -417;
const HEAD_TOO_LARGE = -431;
const NOT_IMPLEMENTED = -501;
const VERSION_NOT_SUPPORTED = -505;

/** `HTTP/1.x` */
const VERSION_BYTES = 8;
const ASTERISK = 0x2a;

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);
const COMMON_METHODS = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'] as const;

export class RequestHead implements RequestFacts {
  readonly fields: Fields;
  readonly framing: Framing = newFraming();
  readonly #limits: HttpLimits;
  readonly #upgrades: readonly string[];

  start = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  /** Where the first field begins. */
  fieldsStart = 0;
  /** The target's authority in absolute form; both 0 otherwise. */
  authorityStart = 0;
  authorityEnd = 0;
  /** Path and query as they are to be forwarded; empty stands for `/` (for `*` with OPTIONS). */
  pathStart = 0;
  http10 = false;
  method = '';
  /** Index of the field, or −1. */
  hostField = -1;
  #asksUpgrade = false;
  /** Whether the connection may be used again, as far as the client is concerned. */
  keepAlive = false;
  /** `Expect: 100-continue` (ignored in 1.0). */
  expectsContinue = false;
  /** The protocols that the client may switch to and asks for, as a list; empty: none. */
  upgrade = '';
  acceptsTrailers = false;
  /** −1 if absent; only read for TRACE and OPTIONS. */
  maxForwards = -1;
  /** Where the head is malformed, if it is. */
  problem: HeadProblem = 'request-line';
  readonly #connection = new ConnectionOptions();

  /** @param upgrades the protocols, in lower case, that clients may switch to */
  constructor(limits: HttpLimits, upgrades: readonly string[]) {
    this.#limits = limits;
    this.#upgrades = upgrades;
    this.fields = new Fields(limits.fields);
  }

  /**
   * Reads the head that begins at `bytes[from]`.
   * @returns the index after it, INCOMPLETE, or a negative status code
   */
  parse(bytes: Uint8Array, from: number, to: number): number {
    this.forget();
    this.problem = 'request-line';
    const limit = Math.min(to, from + this.#limits.headBytes);
    let end = this.#startLine(bytes, from, limit);
    if (end > 0) {
      this.fieldsStart = end;
      this.problem = 'fields';
      end = parseFields(this.fields, bytes, end, limit);
    }
    if (end > 0) return this.#meaning(end);
    if (end === INCOMPLETE && limit - from === this.#limits.headBytes) return HEAD_TOO_LARGE;
    return end;
  }

  /** Knows of no request, until the next is parsed. */
  forget(): void {
    this.method = '';
    this.targetStart = 0;
    this.targetEnd = 0;
  }

  get target(): string {
    return latin1(this.fields.bytes, this.targetStart, this.targetEnd);
  }

  /** What it is routed by; `*` and an empty path count as `/`. */
  get path(): string {
    const target = latin1(this.fields.bytes, this.pathStart, this.targetEnd);
    const query = target.indexOf('?');
    const path = query < 0 ? target : target.slice(0, query);
    return path === '' || path === '*' ? '/' : path;
  }

  /** The target's authority in absolute form, else the Host field. */
  get host(): string {
    if (this.authorityEnd > 0) {
      return latin1(this.fields.bytes, this.authorityStart, this.authorityEnd);
    }
    return this.hostField < 0 ? '' : this.fields.value(this.hostField);
  }

  field(name: string): string | undefined {
    return this.fields.joined(name);
  }

  #startLine(bytes: Uint8Array, from: number, to: number): number {
    this.fields.bytes = bytes;
    this.start = from;
    let i = from;
    while (i < to && ((CLASSES[bytes[i] as number] as number) & TOKEN) !== 0) i++;
    if (i === to) return INCOMPLETE;
    if (bytes[i] !== SP || i === from) return BAD;
    this.methodEnd = i++;
    this.targetStart = i;
    const longest = i + this.#limits.targetBytes;
    while (i < to && ((CLASSES[bytes[i] as number] as number) & TARGET) !== 0) i++;
    if (i > longest) return URI_TOO_LONG;
    if (i === to) return INCOMPLETE;
    if (bytes[i] !== SP || i === this.targetStart) return BAD;
    this.targetEnd = i++;
    this.method = methodName(bytes, from, this.methodEnd);
    return this.#version(bytes, i, to);
  }

  #version(bytes: Uint8Array, from: number, to: number): number {
    for (let k = 0; k < VERSION_BYTES; k++) {
      if (from + k >= to) return INCOMPLETE;
      const byte = bytes[from + k] as number;
      const expected = 'HTTP/1.1'.charCodeAt(k);
      const isDigit = ((CLASSES[byte] as number) & DIGIT) !== 0;
      if (k === 5 || k === 7 ? !isDigit : byte !== expected) return BAD;
    }
    const after = from + VERSION_BYTES;
    if (after >= to) return INCOMPLETE;
    if (bytes[after] !== CR) return BAD;
    if (after + 1 >= to) return INCOMPLETE;
    if (bytes[after + 1] !== LF) return BAD;
    const minor = bytes[from + 7] as number;
    if (bytes[from + 5] !== 0x31 || (minor !== 0x31 && minor !== 0x30))
      return VERSION_NOT_SUPPORTED;
    this.http10 = minor === 0x30;
    return after + 2;
  }

  /** What the head means; `end` if all is well, else a negative status code. */
  #meaning(end: number): number {
    let error = this.#readFields();
    if (error === 0) {
      this.problem = 'framing';
      error = readFraming(this.framing, this.fields, this.http10, false);
    }
    if (error === 0) error = this.#readTarget();
    if (error < 0) return error;
    const { close, keepAlive, upgrade } = this.#connection;
    this.keepAlive = !close && (!this.http10 || keepAlive);
    // An Upgrade in HTTP/1.0 is to be ignored (RFC 9110 section 7.8).
    this.upgrade =
      upgrade && this.#asksUpgrade && !this.http10
        ? permittedUpgrades(this.fields.joined('upgrade') ?? '', this.#upgrades, this.framing)
        : '';
    return end;
  }

  #readFields(): number {
    const { fields } = this;
    this.hostField = -1;
    this.#asksUpgrade = false;
    this.maxForwards = -1;
    this.expectsContinue = false;
    this.acceptsTrailers = false;
    this.#connection.clear();
    for (let i = 0; i < fields.count; i++) {
      const kind = fields.kind[i];
      if (kind === OTHER) continue;
      if (kind === HOST) {
        if (this.hostField >= 0) return BAD;
        this.hostField = i;
      } else if (kind === CONNECTION) {
        if (!this.#connection.read(fields, i)) return BAD;
      } else if (kind === UPGRADE) {
        this.#asksUpgrade = true;
      } else if (kind === EXPECT) {
        if (!fieldIs(fields, i, '100-continue')) return EXPECTATION_FAILED;
        this.expectsContinue = !this.http10;
      } else if (kind === TE) {
        this.acceptsTrailers ||= fieldHas(fields, i, 'trailers');
      } else if (kind === MAX_FORWARDS) {
        const text = fields.value(i);
        if (/^\d{1,9}$/.test(text)) this.maxForwards = Number(text);
      }
    }
    return this.#connection.dropNamed(fields) ? 0 : BAD;
  }

  #readTarget(): number {
    this.problem = 'host';
    const { bytes, valueStart, valueEnd } = this.fields;
    if (this.hostField >= 0) {
      const from = valueStart[this.hostField] as number;
      if (!isAuthority(bytes, from, valueEnd[this.hostField] as number)) return BAD;
    } else if (!this.http10) {
      return BAD;
    }
    this.authorityStart = 0;
    this.authorityEnd = 0;
    this.pathStart = this.targetStart;
    this.problem = 'target';
    if (this.method === 'CONNECT' || isMisspelled(this.method)) return NOT_IMPLEMENTED;
    const first = bytes[this.targetStart];
    if (first === SLASH) return 0;
    if (first === ASTERISK && this.targetEnd - this.targetStart === 1) {
      return this.method === 'OPTIONS' ? 0 : BAD;
    }
    return this.#absoluteForm();
  }

  #absoluteForm(): number {
    const bytes = this.fields.bytes;
    const scheme = /^https?:\/\//i.exec(
      latin1(bytes, this.targetStart, Math.min(this.targetEnd, this.targetStart + 8)),
    );
    if (scheme === null) return BAD;
    let i = this.targetStart + scheme[0].length;
    this.authorityStart = i;
    while (i < this.targetEnd && bytes[i] !== SLASH && bytes[i] !== QUESTION) i++;
    this.authorityEnd = i;
    this.pathStart = i;
    return isAuthority(bytes, this.authorityStart, i) ? 0 : BAD;
  }
}

/**
 * Equal to a known method but for case. Methods are case-sensitive, and some backends do not know: such a
 * request would be forwarded as one thing and run as another.
 */
function isMisspelled(method: string): boolean {
  return !KNOWN_METHODS.has(method) && KNOWN_METHODS.has(method.toUpperCase());
}

/** The method as a string; a common one without making a new one, whose hash would have to be computed. */
function methodName(bytes: Uint8Array, from: number, to: number): string {
  for (const method of COMMON_METHODS) if (isText(bytes, from, to, method)) return method;
  return latin1(bytes, from, to);
}

function isText(bytes: Uint8Array, from: number, to: number, text: string): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) {
    if (bytes[from + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}
