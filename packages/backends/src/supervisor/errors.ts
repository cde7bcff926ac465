/**
 * What can go wrong with a backend, as the user of the fleet sees it.
 */

/** `code` is one of these, or the system's own, such as EADDRINUSE. */
export type BackendErrorCode = 'unknown-backend' | 'dead' | 'unsupported' | 'no-answer' | string;

/** An operation on a backend failed; the message is one line that names the backend. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code: BackendErrorCode;

  constructor(code: BackendErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
