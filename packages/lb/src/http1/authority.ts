/** Authorities: `host[:port]` as in Host fields and absolute targets (RFC 9110 section 4.2, RFC 3986). */

import { CLASSES, COLON, DIGIT, HOST_NAME, IPV6 } from './byte-classes.ts';

const OPEN = 0x5b;
const CLOSE = 0x5d;
const PERCENT = 0x25;
const MAX_PORT = 65_535;

/**
 * Whether `bytes[from, to)` is a host with an optional port. User information is refused: it has no
 * place in a request (RFC 9110 section 4.2.4).
 */
export function isAuthority(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from;
  if (bytes[i] === OPEN && i < to) {
    i++;
    const start = i;
    while (i < to && ((CLASSES[bytes[i] as number] as number) & IPV6) !== 0) i++;
    if (i - start < 2 || i === to || bytes[i] !== CLOSE) return false;
    i++;
  } else {
    while (i < to && ((CLASSES[bytes[i] as number] as number) & HOST_NAME) !== 0) {
      if (bytes[i] === PERCENT && !isEscape(bytes, i, to)) return false;
      i++;
    }
  }
  if (i === from) return false;
  return i === to || (bytes[i] === COLON && isPort(bytes, i + 1, to));
}

function isEscape(bytes: Uint8Array, at: number, to: number): boolean {
  const hexadecimal = (i: number): boolean => {
    const letter = (bytes[i] as number) | 0x20;
    return (
      ((CLASSES[bytes[i] as number] as number) & DIGIT) !== 0 || (letter >= 0x61 && letter <= 0x66)
    );
  };
  return at + 2 < to && hexadecimal(at + 1) && hexadecimal(at + 2);
}

/** Digits up to 65535, or nothing at all, which RFC 3986 allows. */
function isPort(bytes: Uint8Array, from: number, to: number): boolean {
  let port = 0;
  for (let i = from; i < to; i++) {
    if (((CLASSES[bytes[i] as number] as number) & DIGIT) === 0) return false;
    port = port * 10 + (bytes[i] as number) - 0x30;
    if (port > MAX_PORT) return false;
  }
  return true;
}
