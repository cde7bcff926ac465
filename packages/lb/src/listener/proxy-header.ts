/**
 * PROXY headers (the PROXY protocol of HAProxy, versions 1 and 2, specification of 2020-03-05), read: by
 * which connection the bytes after the header really came.
 */

import { isIPv4, isIPv6 } from 'node:net';
import type { ProxyHeaderFault } from '../observer.ts';
import type { Ends } from './accepted.ts';
import { canonical } from './peer-address.ts';
import { begins, mayBegin, V1_SIGNATURE, V2_SIGNATURE } from './signature-guard.ts';

/** The longest header of text, its CR LF included (section 2.1). */
const V1_BYTES_MAX = 107;
/** The part of a binary header that is always there. */
const V2_FIXED_BYTES = 16;
/** Room for the longest addresses and some KiB of further fields. */
const V2_BYTES_MAX = 4096;

/** Why a connection from a trusted peer is closed. */
export type HeaderFault = Exclude<ProxyHeaderFault, 'untrusted'>;

/** What the bytes of a connection hold so far. */
export type HeaderReading =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'wrong'; readonly fault: HeaderFault }
  /** `ends`: the client's connection; absent: the header says that the peer's own is meant. */
  | { readonly kind: 'header'; readonly length: number; readonly ends?: Ends };

const INCOMPLETE: HeaderReading = { kind: 'incomplete' };
const MISSING: HeaderReading = { kind: 'wrong', fault: 'missing' };
const MALFORMED: HeaderReading = { kind: 'wrong', fault: 'malformed' };

/** Reads the header with which `bytes` begin. */
export function readProxyHeader(bytes: Buffer): HeaderReading {
  if (begins(bytes, V1_SIGNATURE)) return readText(bytes);
  if (begins(bytes, V2_SIGNATURE)) return readBinary(bytes);
  return mayBegin(bytes, V1_SIGNATURE) || mayBegin(bytes, V2_SIGNATURE) ? INCOMPLETE : MISSING;
}

function readText(bytes: Buffer): HeaderReading {
  const end = bytes.subarray(0, V1_BYTES_MAX).indexOf('\r\n');
  if (end < 0) return bytes.length >= V1_BYTES_MAX ? MALFORMED : INCOMPLETE;
  const length = end + 2;
  const [, family, ...rest] = bytes.toString('latin1', 0, end).split(' ');
  // Whatever follows UNKNOWN is to be ignored.
  if (family === 'UNKNOWN') return { kind: 'header', length };
  const isAddress = family === 'TCP4' ? isIPv4 : isPlainIPv6;
  const [source = '', destination = '', ...ports] = rest;
  const [remotePort, localPort] = ports.map(portOf);
  const isComplete = (family === 'TCP4' || family === 'TCP6') && ports.length === 2;
  if (!isComplete || !isAddress(source) || !isAddress(destination)) return MALFORMED;
  if (remotePort === undefined || localPort === undefined) return MALFORMED;
  const addresses = { remoteAddress: canonical(source), localAddress: canonical(destination) };
  return { kind: 'header', length, ends: { ...addresses, remotePort, localPort } };
}

/** Without the zone that Node allows at the end. */
function isPlainIPv6(text: string): boolean {
  return isIPv6(text) && !text.includes('%');
}

function portOf(text: string): number | undefined {
  const port = /^(?:0|[1-9]\d{0,4})$/.test(text) ? Number(text) : 65_536;
  return port > 65_535 ? undefined : port;
}

const LOCAL = 0x20;
const PROXY = 0x21;
const UNSPECIFIED = 0x00;
const STREAM_IPV4 = 0x11;
const STREAM_IPV6 = 0x21;
const STREAM_UNIX = 0x31;

/** Bytes of the two addresses and ports of each family. */
const ADDRESS_BYTES: ReadonlyMap<number, number> = new Map([
  [UNSPECIFIED, 0],
  [STREAM_IPV4, 12],
  [STREAM_IPV6, 36],
  [STREAM_UNIX, 216],
]);

function readBinary(bytes: Buffer): HeaderReading {
  const command = bytes[12];
  if (command === undefined) return INCOMPLETE;
  if (command !== LOCAL && command !== PROXY) return MALFORMED;
  if (bytes.length < V2_FIXED_BYTES) return INCOMPLETE;
  const family = bytes[13] ?? 0;
  const length = V2_FIXED_BYTES + bytes.readUInt16BE(14);
  const needed = ADDRESS_BYTES.get(family);
  const isKnown = command === LOCAL || (needed !== undefined && length >= V2_FIXED_BYTES + needed);
  if (!isKnown || length > V2_BYTES_MAX) return MALFORMED;
  if (bytes.length < length) return INCOMPLETE;
  const hasAddresses = family === STREAM_IPV4 || family === STREAM_IPV6;
  // The sender speaks for itself (its health check), or for a client without an address.
  if (command === LOCAL || !hasAddresses) return { kind: 'header', length };
  return { kind: 'header', length, ends: endsIn(bytes, family === STREAM_IPV4 ? 4 : 16) };
}

function endsIn(bytes: Buffer, size: 4 | 16): Ends {
  const from = V2_FIXED_BYTES;
  const ports = from + 2 * size;
  return {
    remoteAddress: addressIn(bytes.subarray(from, from + size)),
    localAddress: addressIn(bytes.subarray(from + size, ports)),
    remotePort: bytes.readUInt16BE(ports),
    localPort: bytes.readUInt16BE(ports + 2),
  };
}

function addressIn(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  const words = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16));
  return canonical(words.join(':'));
}
