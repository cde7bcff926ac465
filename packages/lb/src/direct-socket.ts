/**
 * A socket whose writes go straight to the system as long as that takes everything at once, which it
 * nearly always does. The machinery of streams, which queues and reports, costs more than such a write
 * itself; it is used from the moment that something has to wait.
 *
 * Where a Node does not have what it takes (stream-wrap.ts), every write is the usual one.
 */

import { Socket } from 'node:net';
import { STREAM_WRAP, type StreamRequest, type StreamWrap, systemError } from './stream-wrap.ts';

type Callback = (error?: Error | null) => void;

interface Handle {
  writeBuffer?(request: StreamRequest, bytes: Uint8Array): number;
}

/** What the stream machinery has to be told of a write that has begun without it. */
interface Begun {
  readonly status: number;
  readonly request: StreamRequest;
}

export class DirectSocket extends Socket {
  /** For the next write; one that the system took at once leaves no trace in it. */
  #request: StreamRequest | undefined;
  #begun: Begun | undefined;

  /** As `write`. (`write` itself cannot be overridden: `connect` sets Node's own.) */
  writeBytes(bytes: Uint8Array): boolean {
    const handle = (this as unknown as { _handle?: Handle | null })._handle;
    const isFree = this.writableLength === 0 && !this.connecting && this.writable;
    if (STREAM_WRAP === undefined || !isFree || handle?.writeBuffer === undefined) {
      return this.write(bytes);
    }
    return this.#writeAtOnce(bytes, handle as Required<Handle>, STREAM_WRAP);
  }

  #writeAtOnce(bytes: Uint8Array, handle: Required<Handle>, streamWrap: StreamWrap): boolean {
    this.#request ??= new streamWrap.WriteWrap();
    const request = this.#request;
    const status = handle.writeBuffer(request, bytes);
    if (status === 0 && streamWrap.streamBaseState[streamWrap.kLastWriteWasAsync] === 0) {
      return true;
    }
    this.#request = undefined;
    request.buffer = bytes;
    this.#begun = { status, request };
    return this.write(bytes);
  }

  override _write(chunk: unknown, encoding: BufferEncoding, done: Callback): void {
    const begun = this.#begun;
    if (begun === undefined) {
      super._write(chunk, encoding, done);
      return;
    }
    this.#begun = undefined;
    if (begun.status < 0) done(systemError(begun.status, 'write'));
    else
      begun.request.oncomplete = (status) => done(status < 0 ? systemError(status, 'write') : null);
  }
}

/** Writes bytes by the shortest way that the socket has. */
export function writeBytes(socket: Socket, bytes: Uint8Array): boolean {
  return socket instanceof DirectSocket ? socket.writeBytes(bytes) : socket.write(bytes);
}
