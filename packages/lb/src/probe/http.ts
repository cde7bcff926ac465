/**
 * A probe that asks the program itself: one request, healthy if the status is an expected one and the
 * body, if one is expected, contains a text. Node's own client serves here: probes are few, and must not
 * share code or connections with the data plane that they judge.
 */

import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { formatAddress, type ResolvedHealth } from '@evenkeel/config';
import type { Endpoint, Probe, ProbeResult } from '@evenkeel/core';
import { dialOptions } from '../upstream/connection.ts';
import { failed } from './failed.ts';
import { type AddressOf, targetOf } from './target.ts';

/** What an HTTP probe asks for and expects. */
export type HttpProbeOptions = Pick<
  ResolvedHealth,
  'path' | 'method' | 'host' | 'headers' | 'port' | 'expect' | 'body'
>;

/** How much of a body is searched. */
const BODY_BYTES_MAX = 65_536;
/** How much is searched before the end of a body that comes in small pieces. */
const SEARCH_BYTES_MAX = 4 * BODY_BYTES_MAX;
/** How many interim responses (1xx) may come before the final one. */
const INTERIM_MAX = 8;

/**
 * Probes by a request on a connection of its own.
 * @param greeting goes out first: what the backend wants every connection to begin with
 */
export function httpProbe(
  addressOf: AddressOf,
  options: HttpProbeOptions,
  greeting?: Buffer,
): Probe {
  const { path, method, headers } = options;
  return (endpoint: Endpoint, done: (result: ProbeResult) => void): (() => void) => {
    const target = targetOf(addressOf(endpoint), options.port);
    let isOver = false;
    const finish = (result: ProbeResult): void => {
      if (isOver) return;
      isOver = true;
      probe.destroy();
      done(result);
    };
    const probe = request({
      path,
      method,
      createConnection(): Socket {
        const socket = connect(dialOptions(target));
        if (greeting !== undefined) socket.write(greeting);
        return socket;
      },
      headers: {
        'user-agent': 'evenkeel-health-check',
        ...headers,
        host: options.host ?? (target.unix === undefined ? formatAddress(target) : 'localhost'),
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
      finish(wrong('status 101'));
    });
    probe.on('error', (error) => finish(failed(error)));
    probe.end();
    return () => {
      isOver = true;
      probe.destroy();
    };
  };
}

/** The program answered, though not as expected: in a panic it may serve all the same. */
function wrong(detail: string): ProbeResult {
  return { ok: false, answered: true, detail };
}

function judge(
  response: IncomingMessage,
  { expect, body }: HttpProbeOptions,
  finish: (result: ProbeResult) => void,
): void {
  const status = response.statusCode ?? 0;
  if (!expect.has(status)) {
    finish(wrong(`status ${status}`));
    return;
  }
  if (body === undefined) {
    finish({ ok: true });
    return;
  }
  const missing = wrong('the expected text is not in the body');
  const search = new Search(body);
  response.on('data', (chunk: Buffer) => {
    if (search.finds(chunk)) finish({ ok: true });
    else if (search.isOver) finish(missing);
  });
  response.on('end', () => finish(search.findsAtLast() ? { ok: true } : missing));
  response.on('error', (error) => finish(failed(error)));
}

/**
 * Looks for a text in the first bytes of a body, piece by piece. A backend that sends bytes one by one makes
 * each search begin with bytes that were searched before; once that has cost enough, the rest is
 * searched at the end alone, so that the work stays in proportion to the body.
 */
class Search {
  readonly #text: Buffer;
  readonly #bytes: Buffer = Buffer.allocUnsafe(BODY_BYTES_MAX);
  #length = 0;
  #searched = 0;
  #work = 0;

  constructor(text: string) {
    this.#text = Buffer.from(text);
  }

  /** As many bytes have come as are searched. */
  get isOver(): boolean {
    return this.#length === BODY_BYTES_MAX;
  }

  /** Takes a piece. @returns whether the text is there; maybe false though it has just come */
  finds(piece: Buffer): boolean {
    this.#length += piece.copy(this.#bytes, this.#length);
    return (this.isOver || this.#work < SEARCH_BYTES_MAX) && this.findsAtLast();
  }

  /** Searches all that has come. */
  findsAtLast(): boolean {
    const from = Math.max(0, this.#searched - this.#text.length);
    this.#work += this.#length - from;
    this.#searched = this.#length;
    return this.#bytes.subarray(from, this.#length).includes(this.#text);
  }
}
