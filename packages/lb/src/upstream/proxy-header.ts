/**
 * PROXY headers (the PROXY protocol of HAProxy, versions 1 and 2), written: what a connection to a backend
 * begins with, so that it knows for which client it is.
 */

import type { ProxyVersion } from '../config/types.ts';
import type { Ends } from '../listener/accepted.ts';
import { addressBytes, UNIX_PEER, unmapped } from '../listener/peer-address.ts';
import { V2_SIGNATURE } from '../listener/signature-guard.ts';

const LOCAL = 0x20;
const PROXY = 0x21;
const UNSPECIFIED = 0x00;
const STREAM_IPV4 = 0x11;
const STREAM_IPV6 = 0x21;

/** The header for a client's connection. One at a Unix socket has no address that could be told. */
export function proxyHeader(version: ProxyVersion, ends: Ends): Buffer {
  const [source, destination] = alike(ends);
  if (source === '')
    return version === 'v1' ? UNKNOWN : binary(PROXY, UNSPECIFIED, Buffer.alloc(0));
  const { remotePort, localPort } = ends;
  const isFour = !source.includes(':');
  if (version === 'v1') {
    const family = isFour ? 'TCP4' : 'TCP6';
    const line = `PROXY ${family} ${source} ${destination} ${remotePort} ${localPort}\r\n`;
    return Buffer.from(line, 'latin1');
  }
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(remotePort, 0);
  ports.writeUInt16BE(localPort, 2);
  const addresses = [...addressBytes(source), ...addressBytes(destination), ...ports];
  return binary(PROXY, isFour ? STREAM_IPV4 : STREAM_IPV6, Buffer.from(addresses));
}

/** The header of a connection that is for no client: a health check. */
export function localHeader(version: ProxyVersion): Buffer {
  return version === 'v1' ? UNKNOWN : binary(LOCAL, UNSPECIFIED, Buffer.alloc(0));
}

const UNKNOWN: Buffer = Buffer.from('PROXY UNKNOWN\r\n', 'latin1');

function binary(command: number, family: number, addresses: Buffer): Buffer {
  const fixed = Buffer.from([command, family, addresses.length >> 8, addresses.length & 0xff]);
  return Buffer.concat([V2_SIGNATURE, fixed, addresses]);
}

/** Both addresses in one family, IPv4 within IPv6 where they differ; both empty where one is missing. */
function alike({ remoteAddress, localAddress }: Ends): readonly [string, string] {
  if (remoteAddress === UNIX_PEER || localAddress === '') return ['', ''];
  const both = [remoteAddress, localAddress].map((address) => unmapped(withoutZone(address)));
  const isMixed =
    both.some((address) => address.includes(':')) && both.some((a) => !a.includes(':'));
  const [source = '', destination = ''] = both.map((address) =>
    isMixed && !address.includes(':') ? `::ffff:${address}` : address,
  );
  return [source, destination];
}

function withoutZone(address: string): string {
  return address.replace(/%.*$/, '');
}
