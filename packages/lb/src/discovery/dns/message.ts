/**
 * Questions and answers of the DNS (RFC 1035), over a message library. Everything in an answer is hostile until
 * it is known to belong to the question: an attacker who guesses the id of a question could otherwise send any answer.
 */

import { isIP } from 'node:net';
import { type Answer, decode, encode } from 'dns-packet';
import { DiscoveryError } from '../finder.ts';

/** What is asked for. */
export type RecordType = 'A' | 'AAAA' | 'SRV';

/** A question; the name is complete, with or without a final dot. */
export interface Question {
  readonly name: string;
  readonly type: RecordType;
}

/** Where a service runs (RFC 2782). */
export interface SrvData {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

/** Response codes that are told apart. */
export const RCODE = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, refused: 5 } as const;

/** An answer to the question that was asked. */
export interface DnsAnswer {
  readonly rcode: number;
  /** It did not fit: to be asked again over TCP. */
  readonly isTruncated: boolean;
  /** What it says of the name asked for, aliases followed; empty with any `rcode` but 0. */
  readonly records: readonly (string | SrvData)[];
  /** Shortest time to live of what led there; infinite without records. */
  readonly ttlMs: number;
}

/** Over UDP; RFC 9715 says 1,400 and less pass everywhere without fragments. */
export const UDP_BYTES_MAX = 1232;
const HEADER_BYTES = 12;
/** More than 64 KiB of SRV records can hold in earnest; aliases of aliases are rare. */
const RECORDS_MAX = 4_096;
const ALIASES_MAX = 16;
/** RFC 2181 section 8: larger values mean 0. */
const TTL_MAX = 0x7fff_ffff;

/** The bytes of a question. */
export function encodeQuestion(id: number, { name, type }: Question): Buffer {
  return encode({
    type: 'query',
    id,
    // Recursion desired.
    flags: 0x0100,
    questions: [{ type, name, class: 'IN' }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_BYTES_MAX,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
}

/**
 * Reads an answer.
 * @returns undefined if it belongs to another question: it is to be ignored
 * @throws {DiscoveryError} `malformed`
 */
export function readAnswer(bytes: Buffer, id: number, question: Question): DnsAnswer | undefined {
  if (bytes.length < HEADER_BYTES || bytes.readUInt16BE(0) !== id) return undefined;
  const flags = bytes.readUInt16BE(2);
  const isResponse = (flags & 0x8000) !== 0;
  const opcode = (flags >> 11) & 15;
  if (!isResponse || opcode !== 0) return undefined;
  const rcode = flags & 15;
  const isTruncated = (flags & 0x0200) !== 0;
  // Servers that cannot read a question leave it out.
  const isRepeated = bytes.readUInt16BE(4) === 1;
  if (rcode === RCODE.formErr && !isRepeated) return { rcode, isTruncated, ...NOTHING };
  if (!isRepeated) return undefined;
  const records = bytes.readUInt16BE(6) + bytes.readUInt16BE(8) + bytes.readUInt16BE(10);
  if (records > RECORDS_MAX)
    throw new DiscoveryError('malformed', `${records} records in an answer`);
  // What does not fit is not read: the end of it may be missing in the middle of a record.
  const { questions = [], answers = [] } = decoded(isTruncated ? questionOnly(bytes) : bytes);
  const [asked] = questions;
  if (asked?.type !== question.type || asked.class !== 'IN') return undefined;
  if (plain(asked.name) !== plain(question.name)) return undefined;
  if (rcode !== RCODE.noError) return { rcode, isTruncated, ...NOTHING };
  return { rcode, isTruncated, ...recordsOf(answers, question) };
}

const NOTHING = { records: [], ttlMs: Number.POSITIVE_INFINITY } as const;

function decoded(bytes: Buffer): ReturnType<typeof decode> {
  try {
    return decode(bytes);
  } catch (error) {
    throw new DiscoveryError(
      'malformed',
      `an answer that cannot be read: ${(error as Error).message}`,
    );
  }
}

/** The same message with its sections of records declared empty. */
function questionOnly(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.fill(0, 6, HEADER_BYTES);
  return copy;
}

/** Those of the name asked for and of what it is an alias of; what else an answer says is not heeded. */
function recordsOf(
  answers: readonly Answer[],
  { name, type }: Question,
): Pick<DnsAnswer, 'records' | 'ttlMs'> {
  let current = plain(name);
  let ttl = Number.POSITIVE_INFINITY;
  for (let aliases = 0; ; aliases++) {
    const own = answers.filter((answer) => plain(answer.name) === current);
    const found = own.filter((answer) => answer.type === type);
    if (found.length > 0) {
      ttl = Math.min(ttl, ...found.map(ttlOf));
      return { records: found.map(dataOf), ttlMs: ttl * 1000 };
    }
    const alias = own.find((answer) => answer.type === 'CNAME');
    if (alias?.type !== 'CNAME') return { records: [], ttlMs: ttl * 1000 };
    if (aliases >= ALIASES_MAX)
      throw new DiscoveryError('malformed', 'an alias that leads nowhere');
    ttl = Math.min(ttl, ttlOf(alias));
    current = plain(alias.data);
  }
}

function ttlOf(answer: Answer): number {
  const ttl = 'ttl' in answer ? (answer.ttl ?? 0) : 0;
  return ttl > TTL_MAX ? 0 : ttl;
}

function dataOf(answer: Answer): string | SrvData {
  if (answer.type === 'SRV') {
    const { priority = 0, weight = 0, port, target } = answer.data;
    return { priority, weight, port, target };
  }
  if ((answer.type === 'A' || answer.type === 'AAAA') && isIP(answer.data) !== 0)
    return answer.data;
  throw new DiscoveryError('malformed', 'a record that holds no address');
}

/** Names are equal in any case, with or without a final dot. */
function plain(name: string): string {
  return name.replace(/\.$/, '').toLowerCase();
}
