/**
 * A probe that dials and hangs up: the endpoint is alive if the handshake completes. It says nothing of
 * the program behind the port (the kernel accepts for a frozen one), but asks nothing of it either.
 */

import { connect } from 'node:net';
import type { Endpoint, Probe, ProbeResult } from '@evenkeel/core';
import type { AddressOf } from './target.ts';

/** Probes by a TCP handshake, closed with RST so that no socket lingers on either side. */
export function tcpProbe(addressOf: AddressOf): Probe {
  return (endpoint: Endpoint, done: (result: ProbeResult) => void): (() => void) => {
    const socket = connect(addressOf(endpoint));
    socket.once('connect', () => {
      socket.resetAndDestroy();
      done({ ok: true });
    });
    socket.once('error', (error: NodeJS.ErrnoException) => done(failed(error)));
    return () => socket.destroy();
  };
}

/** What a failed dial says: a refused one says that nobody listens. */
export function failed(error: NodeJS.ErrnoException): ProbeResult {
  const refused = error.code === 'ECONNREFUSED';
  return { ok: false, refused, detail: refused ? 'connection refused' : describe(error) };
}

function describe(error: NodeJS.ErrnoException): string {
  return error.code === 'ECONNRESET' ? 'connection reset' : (error.code ?? error.message);
}
