/**
 * One question to one DNS server: by UDP, and again by TCP where the answer did not fit. The socket is new
 * for each question and connected, so that the kernel picks a port at random and lets pass only what comes
 * from the server; with the random id, an answer from elsewhere has to guess 32 bits.
 */

import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import type { Address } from '@evenkeel/config';
import { formatAddress } from '@evenkeel/config';
import type { Clock } from '@evenkeel/core';
import { DiscoveryError } from '../finder.ts';
import { type DnsAnswer, encodeQuestion, type Question, readAnswer } from './message.ts';

/** What a client is given. */
export interface AskOptions {
  readonly clock: Clock;
  /** For the answer, by each of the two ways. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** A number from 0 to 65535 that cannot be guessed. */
  readonly newId: () => number;
}

/** Messages that are no answer to the question, before the server is given up. */
const FOREIGN_MAX = 100;
const LENGTH_BYTES = 2;

/**
 * Asks.
 * @throws {DiscoveryError} `timeout`, `unreachable` or `malformed`
 */
export async function ask(
  server: Address,
  question: Question,
  options: AskOptions,
): Promise<DnsAnswer> {
  const answer = await byUdp(server, question, options);
  return answer.isTruncated ? byTcp(server, question, options) : answer;
}

function byUdp(server: Address, question: Question, options: AskOptions): Promise<DnsAnswer> {
  const id = options.newId();
  const socket = createSocket(isIPv6(server.host) ? 'udp6' : 'udp4');
  return limited(
    server,
    options,
    () => socket.close(),
    (done, fail, why) => {
      let foreign = 0;
      socket.on('error', (error) => fail(unreachable(server, error)));
      socket.on('message', (bytes) => {
        const answer = why.unlessMalformed(() => readAnswer(bytes, id, question));
        if (answer !== undefined) return done(answer);
        foreign += 1;
        if (foreign > FOREIGN_MAX)
          fail(
            new DiscoveryError(
              'malformed',
              `only messages that answer nothing from ${formatAddress(server)}`,
            ),
          );
      });
      socket.connect(server.port, server.host, () => {
        socket.send(encodeQuestion(id, question));
      });
    },
  );
}

function byTcp(server: Address, question: Question, options: AskOptions): Promise<DnsAnswer> {
  const id = options.newId();
  const socket = connect({ host: server.host, port: server.port });
  return limited(
    server,
    options,
    () => socket.destroy(),
    (done, fail) => {
      let received = Buffer.alloc(0);
      const cut = new DiscoveryError(
        'malformed',
        `${formatAddress(server)} closed the connection within its answer`,
      );
      socket.on('error', (error) => fail(unreachable(server, error)));
      socket.on('close', () => fail(cut));
      socket.on('connect', () => {
        const message = encodeQuestion(id, question);
        const length = Buffer.alloc(LENGTH_BYTES);
        length.writeUInt16BE(message.length);
        socket.write(Buffer.concat([length, message]));
      });
      socket.on('data', (bytes: Buffer) => {
        // At most 64 KiB and one chunk: the length is two bytes.
        received = Buffer.concat([received, bytes]);
        if (received.length < LENGTH_BYTES) return;
        const end = LENGTH_BYTES + received.readUInt16BE(0);
        if (received.length < end) return;
        try {
          const answer = readAnswer(received.subarray(LENGTH_BYTES, end), id, question);
          // Truncated by TCP too: what there is cannot be had.
          if (answer === undefined || answer.isTruncated)
            fail(
              new DiscoveryError(
                'malformed',
                `no answer to the question from ${formatAddress(server)}`,
              ),
            );
          else done(answer);
        } catch (error) {
          fail(error as Error);
        }
      });
    },
  );
}

/** Keeps in mind that something malformed came, in case nothing better follows. */
class Malformed {
  error: DiscoveryError | undefined;

  unlessMalformed<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof DiscoveryError)) throw error;
      this.error = error;
      return undefined;
    }
  }
}

type Settle = (
  done: (answer: DnsAnswer) => void,
  fail: (error: Error) => void,
  why: Malformed,
) => void;

/** Ends an exchange when it is settled, when its time is up or when it is called off; closes it once. */
function limited(
  server: Address,
  { clock, timeoutMs, signal }: AskOptions,
  close: () => void,
  start: Settle,
): Promise<DnsAnswer> {
  return new Promise((resolve, reject) => {
    const why = new Malformed();
    let isOver = false;
    const end = (): boolean => {
      if (isOver) return false;
      isOver = true;
      clock.cancel(timer);
      signal.removeEventListener('abort', abort);
      close();
      return true;
    };
    const fail = (error: Error): void => {
      if (end()) reject(error);
    };
    const abort = (): void => fail(new DiscoveryError('timeout', 'the question was called off'));
    const late = (): void =>
      fail(
        why.error ??
          new DiscoveryError(
            'timeout',
            `no answer from ${formatAddress(server)} within ${timeoutMs} ms`,
          ),
      );
    const timer = clock.after(timeoutMs, late);
    signal.addEventListener('abort', abort);
    if (signal.aborted) return abort();
    start(
      (answer) => {
        if (end()) resolve(answer);
      },
      fail,
      why,
    );
  });
}

function unreachable(server: Address, error: Error): DiscoveryError {
  const { code } = error as NodeJS.ErrnoException;
  return new DiscoveryError('unreachable', `${formatAddress(server)}: ${code ?? error.message}`);
}
