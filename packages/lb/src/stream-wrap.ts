/**
 * Node's own way to the system's streams (`lib/internal/stream_base_commons.js` of Node uses it so): for connections
 * that do without the machinery of `node:stream`. It is not documented; where a Node does not have it
 * `STREAM_WRAP` is undefined, and all its users have a way by what is.
 */

import { getSystemErrorName } from 'node:util';

/** Something under way. */
export interface StreamRequest {
  /** @param status 0 or a negative error number */
  oncomplete?: (status: number) => void;
  /** Keeps what is being written alive. */
  buffer?: Uint8Array;
}

type RequestClass = new () => StreamRequest;

export interface StreamWrap {
  readonly WriteWrap: RequestClass;
  readonly ShutdownWrap: RequestClass;
  /** What the last call told, by the indices below. */
  readonly streamBaseState: Int32Array;
  readonly kReadBytesOrError: number;
  readonly kLastWriteWasAsync: number;
}

/** One of Node's internal bindings; undefined: this Node does not show it. */
export function internalBinding<T>(name: string): Partial<T> | undefined {
  try {
    const { binding } = process as unknown as { binding?(name: string): Partial<T> };
    return binding?.call(process, name);
  } catch {
    // Not where Node runs with its permission model.
    return undefined;
  }
}

function findStreamWrap(): StreamWrap | undefined {
  const found = internalBinding<StreamWrap>('stream_wrap');
  const isWhole =
    typeof found?.WriteWrap === 'function' &&
    typeof found.ShutdownWrap === 'function' &&
    found.streamBaseState !== undefined &&
    typeof found.kReadBytesOrError === 'number' &&
    typeof found.kLastWriteWasAsync === 'number';
  return isWhole ? (found as StreamWrap) : undefined;
}

export const STREAM_WRAP: StreamWrap | undefined = findStreamWrap();

/** An error of the system as Node tells it. @param status a negative error number */
export function systemError(status: number, syscall: string): NodeJS.ErrnoException {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`${syscall} ${code}`), { code, errno: status, syscall });
}
