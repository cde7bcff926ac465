/** The same request as node:http's parser (llhttp) reads it, without a socket. */

import { createServer, type IncomingMessage, type Server } from 'node:http';
import { Duplex } from 'node:stream';
import type { Reading } from './ours.ts';

const MAX_HEAD_BYTES = 64 * 1024;

/** A server to which inputs are fed one after another. */
export class NodeHttp {
  readonly #server: Server;
  #seen: (message: IncomingMessage) => void = () => {};
  #failed: () => void = () => {};

  constructor() {
    this.#server = createServer({ maxHeaderSize: MAX_HEAD_BYTES }, (message) =>
      this.#seen(message),
    );
    this.#server.on('clientError', () => this.#failed());
  }

  /** The first request in `bytes`, or undefined if it is not accepted whole. */
  read(bytes: Buffer): Promise<Reading | undefined> {
    return new Promise((resolve) => {
      const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
      const finish = (reading: Reading | undefined): void => {
        stream.destroy();
        resolve(reading);
      };
      this.#failed = () => finish(undefined);
      this.#seen = (message) => {
        let bodyBytes = 0;
        message.on('data', (bytes: Buffer) => {
          bodyBytes += bytes.length;
        });
        message.on('error', () => finish(undefined));
        message.on('end', () => {
          const { method = '', url = '', rawHeaders } = message;
          finish({ method, target: url, fields: rawHeaders, bodyBytes });
        });
      };
      this.#server.emit('connection', stream);
      stream.push(bytes);
      // Nothing more will come: a parser that waits for more has not accepted it.
      stream.push(null);
    });
  }
}
