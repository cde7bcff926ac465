/**
 * Connections without the streams of `node:net`: the handles below them, as Node's own library uses them.
 *
 * A relay needs neither queues nor events nor encodings, and they cost more than an exchange of 100 bytes does.
 * None of it is documented (`process.binding`), so all that depends on it is in this file; where anything of it is
 * missing `BARE` is undefined, and relays go by sockets.
 */

import { isIP } from 'node:net';
import {
  internalBinding,
  STREAM_WRAP,
  type StreamRequest,
  type StreamWrap,
} from '../stream-wrap.ts';

/** What a handle tells; called by the functions that it was given. */
export interface HandleUser {
  /** Something was read, or was not: `readLength` tells. @returns where the next read goes; undefined: as before */
  read(): Buffer | undefined;
  /** It is closed. */
  closed(): void;
}

/** A handle of a TCP connection or a Unix socket. Functions return 0 or a negative error number. */
export interface StreamHandle {
  /** Not Node's: to whom the functions below, which all handles share, turn. */
  user?: HandleUser | undefined;
  onread?: (this: StreamHandle) => Buffer | undefined;
  /** Says where the first read goes. */
  useUserBuffer(buffer: Buffer): void;
  readStart(): number;
  readStop(): number;
  /** Either all is written within the call, or `request` is told when it is; `wasDeferred` says which. */
  writeBuffer(request: StreamRequest, bytes: Buffer): number;
  shutdown(request: StreamRequest): number;
  close(closed?: (this: StreamHandle) => void): void;
  readonly writeQueueSize: number;
  /** Closes it by a reset; TCP only. Where it fails (unconnected, or a shutdown is under way) nothing closes it any more. */
  reset?(closed: (this: StreamHandle) => void): number;
}

/** A TCP connection that is to be. */
interface TcpHandle extends StreamHandle {
  connect(request: StreamRequest, host: string, port: number): number;
  connect6(request: StreamRequest, host: string, port: number): number;
  setNoDelay(enable: boolean): number;
  setKeepAlive(enable: boolean, initialDelaySeconds: number): number;
}

interface TcpBinding {
  readonly TCP: new (type: number) => TcpHandle;
  readonly TCPConnectWrap: new () => StreamRequest;
  readonly constants: { readonly SOCKET: number };
}

/** What handles can be used for. */
export class BareHandles {
  readonly #stream: StreamWrap;
  readonly #tcp: TcpBinding;
  readonly #state: Int32Array;
  readonly #readIndex: number;
  readonly #deferredIndex: number;

  constructor(stream: StreamWrap, tcp: TcpBinding) {
    this.#stream = stream;
    this.#tcp = tcp;
    this.#state = stream.streamBaseState;
    this.#readIndex = stream.kReadBytesOrError;
    this.#deferredIndex = stream.kLastWriteWasAsync;
  }

  /** Within `onread`: bytes read; 0: there is nothing more for now; negative: the end, or an error. */
  get readLength(): number {
    return this.#state[this.#readIndex] as number;
  }

  /** After `writeBuffer`: its request is under way. */
  get wasDeferred(): boolean {
    return this.#state[this.#deferredIndex] !== 0;
  }

  writeRequest(): StreamRequest {
    return new this.#stream.WriteWrap();
  }

  shutdownRequest(): StreamRequest {
    return new this.#stream.ShutdownWrap();
  }

  /**
   * Begins to connect, without delay of small writes and with keep-alive.
   * @param host an IP address
   * @param done called once, in a later turn; not if this returns an error. @returns 0 or an error number
   */
  connect(
    host: string,
    port: number,
    keepAliveMs: number,
    done: (status: number) => void,
  ): readonly [handle: StreamHandle, error: number] {
    const { TCP, TCPConnectWrap, constants } = this.#tcp;
    const handle = new TCP(constants.SOCKET);
    const request = new TCPConnectWrap();
    request.oncomplete = done;
    const error =
      isIP(host) === 6 ? handle.connect6(request, host, port) : handle.connect(request, host, port);
    if (error === 0) {
      handle.setNoDelay(true);
      handle.setKeepAlive(true, keepAliveMs / 1000);
    }
    return [handle, error];
  }
}

/** Undefined: this Node does not show them. */
export const BARE: BareHandles | undefined = load();

function load(): BareHandles | undefined {
  const tcp = internalBinding<TcpBinding>('tcp_wrap');
  if (STREAM_WRAP === undefined || !isUsable(tcp)) return undefined;
  return new BareHandles(STREAM_WRAP, tcp);
}

function isUsable(tcp: Partial<TcpBinding> | undefined): tcp is TcpBinding {
  const { TCP, TCPConnectWrap, constants } = tcp ?? {};
  const methods = ['useUserBuffer', 'readStart', 'readStop', 'writeBuffer', 'shutdown', 'close'];
  return (
    TCPConnectWrap !== undefined &&
    constants?.SOCKET !== undefined &&
    methods.every((name) => typeof TCP?.prototype[name] === 'function')
  );
}
