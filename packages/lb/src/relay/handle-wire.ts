/**
 * A wire over a bare handle: what is read goes into given memory, what is written leaves within the call or, if
 * the peer is slow, later.
 */

import { INPUT_BUFFER } from '../input-buffer.ts';
import { type StreamRequest, systemError } from '../stream-wrap.ts';
import type { BareHandles, HandleUser, StreamHandle } from './bare-handles.ts';
import { SCRATCH } from './scratch.ts';
import type { JoinedWire, WireUser } from './wire.ts';

/** libuv's number for the end of what is read. */
const EOF = -4095;

/** A request that may be used for the next write; most writes leave within the call and need none. */
let spare: StreamRequest | undefined;

export class HandleWire implements JoinedWire, HandleUser {
  user: WireUser;
  isClosed = false;
  readonly #bare: BareHandles;
  readonly #handle: StreamHandle;
  /** Where reads go. */
  #buffer: Buffer = INPUT_BUFFER;
  /** Within `read`, whose return value says where the next read goes; nothing else does. */
  #isReading = false;
  #isPaused = true;
  /** It is connected, and has been read from. */
  #isOpen = false;
  /** The peer has ended. */
  #isDone = false;
  /** Writes under way. */
  #writing = 0;
  #isClosing = false;
  /** What follows the last write under way. */
  #then: 'nothing' | 'end' | 'close' = 'nothing';
  /** A FIN is under way. */
  #isEnding = false;

  /** @param handle connected; it is read from `resume` on */
  constructor(user: WireUser, handle: StreamHandle, bare: BareHandles) {
    this.user = user;
    this.#bare = bare;
    this.#handle = handle;
    handle.user = this;
    handle.useUserBuffer(INPUT_BUFFER);
    handle.onread = onRead;
  }

  write(bytes: Buffer, from: number, to: number, isLent: boolean): boolean {
    if (this.#isClosing) return true;
    const part = isLent ? SCRATCH.copy(bytes, from, to) : bytes.subarray(from, to);
    const request = spare ?? this.#bare.writeRequest();
    const error = this.#handle.writeBuffer(request, part);
    if (error !== 0) {
      // Not from within the call of the one that writes.
      process.nextTick(() => this.#fail(error, 'write'));
    } else if (this.#bare.wasDeferred) {
      spare = undefined;
      this.#writing++;
      request.buffer = part;
      request.oncomplete = (status): void => this.#written(status);
      if (isLent) SCRATCH.giveAway(part);
    } else {
      spare = request;
    }
    return this.#writing === 0;
  }

  end(): void {
    if (this.#writing > 0) this.#then = 'end';
    else this.#shutdown();
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (!this.#isClosing) this.#handle.readStop();
  }

  resume(): void {
    if (!this.#isPaused || this.#isDone || this.#isClosing) return;
    this.#isPaused = false;
    this.#isOpen = true;
    const error = this.#handle.readStart();
    if (error !== 0) process.nextTick(() => this.#fail(error, 'read'));
  }

  readInto(buffer: Buffer): boolean {
    if (this.#isReading) this.#buffer = buffer;
    return this.#isReading;
  }

  get pendingBytes(): number {
    return this.#isClosing ? 0 : this.#handle.writeQueueSize;
  }

  finish(): void {
    this.pause();
    if (this.#writing > 0) this.#then = 'close';
    else this.#close();
  }

  /** While a FIN is under way everything else has left, and libuv would not close it. */
  reset(): void {
    if (!this.#isOpen || this.#isEnding || this.#handle.reset === undefined) this.#close();
    else if (this.#closes()) this.#handle.reset(onClosed);
  }

  read(): Buffer | undefined {
    const { readLength } = this.#bare;
    const buffer = this.#buffer;
    this.#isReading = true;
    if (readLength > 0) {
      this.user.received(buffer, readLength);
    } else if (readLength === EOF) {
      this.#isDone = true;
      this.user.ended();
    } else if (readLength < 0) {
      this.#fail(readLength, 'read');
    } else if (buffer !== INPUT_BUFFER) {
      this.user.received(buffer, 0);
    }
    this.#isReading = false;
    return this.#buffer === buffer ? undefined : this.#buffer;
  }

  #written(status: number): void {
    this.#writing--;
    if (this.#isClosing) return;
    if (status < 0) {
      this.#fail(status, 'write');
      return;
    }
    if (this.#writing > 0) return;
    const next = this.#then;
    this.#then = 'nothing';
    if (next === 'end') this.#shutdown();
    if (next === 'close') this.#close();
    this.user.drained();
  }

  #shutdown(): void {
    if (this.#isClosing || this.#isEnding) return;
    const request = this.#bare.shutdownRequest();
    request.oncomplete = (): void => {
      this.#isEnding = false;
    };
    this.#isEnding = this.#handle.shutdown(request) === 0;
  }

  #fail(status: number, syscall: string): void {
    if (this.#isClosing) return;
    this.#close();
    this.user.failed(systemError(status, syscall));
  }

  #close(): void {
    if (this.#closes()) this.#handle.close(onClosed);
  }

  /** @returns whether it is to be closed now */
  #closes(): boolean {
    if (this.#isClosing) return false;
    this.#isClosing = true;
    return true;
  }

  closed(): void {
    this.#handle.user = undefined;
    this.isClosed = true;
    this.user.closed();
  }
}

// One of each for all wires, so that a closed handle refers to nothing.

function onRead(this: StreamHandle): Buffer | undefined {
  return this.user?.read();
}

function onClosed(this: StreamHandle): void {
  this.user?.closed();
}
