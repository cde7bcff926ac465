/**
 * A probe that asks the program itself: one request, healthy if the status is an expected one and the
 * body, if one is expected, contains a text. Node's own client serves here: probes are few, and must not
 * share code or connections with the data plane that they judge.
 */

import { type IncomingMessage, request } from 'node:http';
import { formatAddress, type ResolvedHealth } from '@evenkeel/config';
import type { Endpoint, Probe, ProbeResult } from '@evenkeel/core';
import { failed } from './failed.ts';
import type { AddressOf } from './target.ts';

/** What an HTTP probe asks for and expects. */
export type HttpProbeOptions = Pick<
  ResolvedHealth,
  'path' | 'method' | 'host' | 'headers' | 'port' | 'expect' | 'body'
>;

/** How much of a body is searched. */
const BODY_BYTES_MAX = 65_536;
/** How many interim responses (1xx) may come before the final one. */
const INTERIM_MAX = 8;

/** Probes by a request on a connection of its own. */
export function httpProbe(addressOf: AddressOf, options: HttpProbeOptions): Probe {
  const { path, method, headers } = options;
  return (endpoint: Endpoint, done: (result: ProbeResult) => void): (() => void) => {
    const address = addressOf(endpoint);
    const { host, port } = { ...address, port: options.port ?? address.port };
    let isOver = false;
    const finish = (result: ProbeResult): void => {
      if (isOver) return;
      isOver = true;
      probe.destroy();
      done(result);
    };
    const probe = request({
      host,
      port,
      path,
      method,
      agent: false,
      headers: {
        'user-agent': 'evenkeel-health-check',
        ...headers,
        host: options.host ?? formatAddress({ host, port }),
        connection: 'close',
      },
    });
    let interim = 0;
    probe.on('information', () => {
      interim += 1;
      if (interim > INTERIM_MAX) finish({ ok: false, detail: 'too many interim responses' });
    });
    probe.on('response', (response) => judge(response, options, finish));
    probe.on('upgrade', (_response, socket) => {
      socket.destroy();
      finish({ ok: false, detail: 'status 101' });
    });
    probe.on('error', (error) => finish(failed(error)));
    probe.end();
    return () => {
      isOver = true;
      probe.destroy();
    };
  };
}

function judge(
  response: IncomingMessage,
  { expect, body }: HttpProbeOptions,
  finish: (result: ProbeResult) => void,
): void {
  const status = response.statusCode ?? 0;
  if (!expect.has(status)) {
    finish({ ok: false, detail: `status ${status}` });
    return;
  }
  if (body === undefined) {
    finish({ ok: true });
    return;
  }
  const expected = Buffer.from(body);
  const missing = { ok: false, detail: 'the expected text is not in the body' };
  let searched = 0;
  /** The end of what was searched: the text may begin there. */
  let tail: Buffer = Buffer.alloc(0);
  response.on('data', (chunk: Buffer) => {
    const bytes = Buffer.concat([tail, chunk]);
    if (bytes.includes(expected)) finish({ ok: true });
    searched += chunk.length;
    if (searched > BODY_BYTES_MAX) finish(missing);
    tail = bytes.subarray(Math.max(0, bytes.length - expected.length + 1));
  });
  response.on('end', () => finish(missing));
  response.on('error', (error) => finish(failed(error)));
}
