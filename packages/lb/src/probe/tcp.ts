/**
 * A probe that dials and hangs up: the endpoint is alive if the handshake completes. It says nothing of
 * the program behind the port (the kernel accepts for a frozen one), but asks nothing of it either.
 */

import { connect } from 'node:net';
import type { ResolvedHealth } from '@evenkeel/config';
import type { Endpoint, Probe, ProbeResult } from '@evenkeel/core';
import { dialOptions } from '../upstream/connection.ts';
import { failed } from './failed.ts';
import { type AddressOf, targetOf } from './target.ts';

/** How long the backend may take to close its side after ours. */
const CLOSE_MS_MAX = 1_000;

/**
 * Probes by a TCP handshake, closed in order: with FIN, and after reading what the backend had to say, since
 * a server that logs its connections takes a reset for a fault.
 * @param greeting goes out first: what the backend wants every connection to begin with
 */
export function tcpProbe(
  addressOf: AddressOf,
  { port }: Pick<ResolvedHealth, 'port'> = {},
  greeting?: Buffer,
): Probe {
  return (endpoint: Endpoint, done: (result: ProbeResult) => void): (() => void) => {
    const address = addressOf(endpoint);
    const socket = connect(dialOptions(targetOf(address, port)));
    let isOver = false;
    const finish = (result: ProbeResult): void => {
      if (isOver) return;
      isOver = true;
      done(result);
    };
    socket.once('connect', () => {
      socket.setTimeout(CLOSE_MS_MAX, () => socket.destroy());
      if (greeting !== undefined) socket.write(greeting);
      socket.resume().end();
      finish({ ok: true, evidence: 'connection' });
    });
    // After the verdict an error is the backend's way to close.
    socket.on('error', (error: NodeJS.ErrnoException) => finish(failed(error)));
    return () => {
      isOver = true;
      socket.destroy();
    };
  };
}
