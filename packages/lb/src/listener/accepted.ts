/** A client's connection as a listener hands it to its front: accepted, within the limits, told from whom. */

import type { Socket } from 'node:net';
import { UNIX_PEER } from './peer-address.ts';
import type { SignatureGuard } from './signature-guard.ts';

/** Both ends of a connection, ours being the local one. */
export interface Ends {
  /** UNIX_PEER at a Unix socket. */
  readonly remoteAddress: string;
  /** 0 at a Unix socket. */
  readonly remotePort: number;
  /** Empty at a Unix socket. */
  readonly localAddress: string;
  /** 0 at a Unix socket. */
  readonly localPort: number;
}

/** An accepted connection. */
export interface Accepted {
  /** Paused. */
  readonly socket: Socket;
  /** The client's own, whatever proxies are between. */
  readonly ends: Ends;
  /** Has to see the first bytes of this connection; absent: they are free. */
  readonly guard?: SignatureGuard | undefined;
}

/** Both ends of a connection as the system has them. */
export function endsOf(socket: Socket): Ends {
  const { remoteAddress = UNIX_PEER, remotePort = 0, localAddress = '', localPort = 0 } = socket;
  return { remoteAddress, remotePort, localAddress, localPort };
}
