/**
 * A probe that asks the program itself: GET, healthy if the status is 200 to 399 and the body, if one
 * is expected, contains a text. Node's own client serves here: probes are few, and must not share
 * code or connections with the data plane that they judge.
 */

import { type IncomingMessage, request } from 'node:http';
import { formatAddress } from '@evenkeel/config';
import type { Endpoint, Probe, ProbeResult } from '@evenkeel/core';
import type { AddressOf } from './target.ts';
import { failed } from './tcp.ts';

/** What an HTTP probe asks for and expects. */
export interface HttpProbeOptions {
  /** Path and query. */
  readonly path: string;
  /** Text that the body must contain. */
  readonly body?: string;
  readonly addressOf: AddressOf;
}

/** How much of a body is searched. */
const BODY_BYTES_MAX = 65_536;

/** Probes by a GET on a connection of its own. */
export function httpProbe({ path, body, addressOf }: HttpProbeOptions): Probe {
  return (endpoint: Endpoint, done: (result: ProbeResult) => void): (() => void) => {
    const { host, port } = addressOf(endpoint);
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
      agent: false,
      headers: {
        host: formatAddress({ host, port }),
        'user-agent': 'evenkeel-health-check',
        connection: 'close',
      },
    });
    probe.on('response', (response) => judge(response, body, finish));
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
  expected: string | undefined,
  finish: (result: ProbeResult) => void,
): void {
  const status = response.statusCode ?? 0;
  const isHealthy = status >= 200 && status <= 399;
  if (!isHealthy || expected === undefined) {
    finish(isHealthy ? { ok: true } : { ok: false, detail: `status ${status}` });
    return;
  }
  const missing = { ok: false, detail: 'the expected text is not in the body' };
  let text = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    if (text.includes(expected)) finish({ ok: true });
    else if (text.length > BODY_BYTES_MAX) finish(missing);
  });
  response.on('end', () => finish(missing));
  response.on('error', (error) => finish(failed(error)));
}
