/** PROXY headers: what is written is read, and whatever is sent comes to one of three answers. */

import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { localHeader, proxyHeader } from '../upstream/proxy-header.ts';
import type { Ends } from './accepted.ts';
import { readProxyHeader } from './proxy-header.ts';
import { SignatureGuard, V2_SIGNATURE } from './signature-guard.ts';

const text = (line: string): Buffer => Buffer.from(line, 'latin1');
const binary = (...rest: readonly number[]): Buffer =>
  Buffer.concat([V2_SIGNATURE, Buffer.from(rest)]);
const port = fc.integer({ min: 0, max: 65_535 });
const plainV6 = fc.ipV6().filter((address) => !/\.|^::ffff|^0*:.*ffff:/i.test(address));

describe('what is written is read again, however it is cut', () => {
  for (const version of ['v1', 'v2'] as const) {
    for (const [family, address] of [
      ['IPv4', fc.ipV4()],
      ['IPv6', plainV6],
    ] as const) {
      property.prop([address, address, port, port])(
        `${version}, ${family}`,
        (remoteAddress, localAddress, remotePort, localPort) => {
          const ends: Ends = { remoteAddress, localAddress, remotePort, localPort };
          const header = proxyHeader(version, ends);
          const reading = readProxyHeader(Buffer.concat([header, text('PROXY rest')]));
          expect(reading).toMatchObject({ kind: 'header', length: header.length });
          if (family === 'IPv4') expect(reading).toMatchObject({ ends });
          else expect(reading).toMatchObject({ ends: { remotePort, localPort } });
          for (let length = 0; length < header.length; length++) {
            expect(readProxyHeader(header.subarray(0, length)).kind).toBe('incomplete');
          }
        },
      );
    }
  }

  test('a client without an address, and a check, keep the peer as it is', () => {
    const nowhere = { remoteAddress: 'unix:', localAddress: '', remotePort: 0, localPort: 0 };
    for (const version of ['v1', 'v2'] as const) {
      for (const header of [proxyHeader(version, nowhere), localHeader(version)]) {
        expect(readProxyHeader(header)).toEqual({ kind: 'header', length: header.length });
      }
    }
  });
});

describe('what is malformed, or far too long, is refused', () => {
  test.for([
    'PROXY TCP4 1.2.3.4 5.6.7.8 1 70000\r\n',
    'PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n',
    'PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n',
    'PROXY TCP4 1.2.3.4 5.6.7.8 1 2 3\r\n',
    'PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n',
    'PROXY TCP4 ::1 ::1 1 2\r\n',
    'PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n',
    'PROXY TCP6 fe80::1%a fe80::1 1 2\r\n',
    'PROXY tcp4 1.2.3.4 5.6.7.8 1 2\r\n',
    'PROXY \r\n',
    `PROXY TCP4 ${'1'.repeat(200)}`,
  ])('%j', (line) => {
    expect(readProxyHeader(text(line))).toEqual({ kind: 'wrong', fault: 'malformed' });
  });

  test.for([
    ['version 1 in binary', [0x11]],
    ['an unknown command', [0x22]],
    ['datagrams', [0x21, 0x12, 0, 12]],
    ['an unknown family', [0x21, 0x41, 0, 12]],
    ['no room for the addresses', [0x21, 0x11, 0, 11]],
    ['64 KiB of further fields', [0x21, 0x11, 0xff, 0xff]],
  ] as const)('%s', ([, bytes]) => {
    expect(readProxyHeader(binary(...bytes))).toEqual({ kind: 'wrong', fault: 'malformed' });
  });

  test('LOCAL and UNKNOWN are read whatever they carry', () => {
    expect(readProxyHeader(binary(0x20, 0x12, 0, 2, 9, 9))).toEqual({ kind: 'header', length: 18 });
    const unknown = text('PROXY UNKNOWN ::1 nonsense\r\n');
    expect(readProxyHeader(unknown)).toEqual({ kind: 'header', length: unknown.length });
  });

  property.prop([fc.uint8Array({ minLength: 12, maxLength: 300 })])('noise is none', (bytes) => {
    expect(readProxyHeader(Buffer.from(bytes)).kind).not.toBe('header');
  });
});

test('a guard refuses signatures however they are cut, once, and admits all else', () => {
  for (const signature of [text('PROXY '), V2_SIGNATURE]) {
    let refused = 0;
    const guard = new SignatureGuard(() => {
      refused += 1;
    });
    const admitted = [...signature].map((_, at) => guard.admits(signature, at, at + 1));
    expect(admitted.lastIndexOf(true)).toBe(signature.length - 2);
    expect(refused).toBe(1);
  }
  const guard = new SignatureGuard(() => {});
  for (const part of ['PROX', 'IMITY', 'PROXY ']) {
    expect(guard.admits(text(part), 0, part.length)).toBe(true);
  }
});
