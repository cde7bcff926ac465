/**
 * A socket whose writes go straight to the system as long as that takes everything at once, which it
 * nearly always does. The machinery of streams, which queues and reports, costs more than such a write
 * itself; it is used from the moment that something has to wait.
 *
 * `WriteWrap` and a handle's `writeBuffer` are not documented (`lib/internal/stream_base_commons.js` of Node
 * uses them so): where a Node does not have them, every write is the usual one.
 */

import { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';

type Callback = (error?: Error | null) => void;

/** Node's record of a write that the system is still taking. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Keeps what is being written alive. */
  buffer?: Uint8Array;
}

interface Handle {
  writeBuffer?(request: WriteRequest, bytes: Uint8Array): number;
}

interface StreamWrap {
  readonly WriteWrap: new () => WriteRequest;
  readonly streamBaseState: ArrayLike<number>;
  readonly kLastWriteWasAsync: number;
}

/** What the stream machinery has to be told of a write that has begun without it. */
interface Begun {
  readonly status: number;
  readonly request: WriteRequest;
}

const STREAM_WRAP = findStreamWrap();

function findStreamWrap(): StreamWrap | undefined {
  try {
    const { binding } = process as unknown as { binding?(name: string): Partial<StreamWrap> };
    const found = binding?.call(process, 'stream_wrap');
    const isWhole =
      typeof found?.WriteWrap === 'function' &&
      found.streamBaseState !== undefined &&
      typeof found.kLastWriteWasAsync === 'number';
    return isWhole ? (found as StreamWrap) : undefined;
  } catch {
    // Not where Node runs with its permission model.
    return undefined;
  }
}

export class DirectSocket extends Socket {
  /** For the next write; one that the system took at once leaves no trace in it. */
  #request: WriteRequest | undefined;
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
    if (begun.status < 0) done(writeError(begun.status));
    else begun.request.oncomplete = (status) => done(status < 0 ? writeError(status) : null);
  }
}

/** Writes bytes by the shortest way that the socket has. */
export function writeBytes(socket: Socket, bytes: Uint8Array): boolean {
  return socket instanceof DirectSocket ? socket.writeBytes(bytes) : socket.write(bytes);
}

function writeError(status: number): Error {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: 'write' });
}
