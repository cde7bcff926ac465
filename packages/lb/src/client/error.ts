/** A request that got no response from any backend. */

import type { FailureCause, Result } from '@evenkeel/core';
import { statusOf } from '../http1/failures.ts';

/**
 * Why there is no response. `none`: no backend may be asked. `queue-full`, `queue-timeout`: all were at their
 * limit for too long. `error`: a strategy or policy failed. Else what became of the last attempt.
 */
export type UnansweredCode = 'none' | 'queue-full' | 'queue-timeout' | 'error' | FailureCause;

/** A request that got no response; `cause` is the last attempt's own error, if there was one. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError';
  readonly code: UnansweredCode;
  /** Attempts made. */
  readonly attempts: number;
  /** What a proxy would answer: 500, 502, 503 or 504. */
  readonly status: number;

  constructor(result: Result, cause: unknown) {
    const { kind, failure, attempts } = result;
    const code = kind === 'failed' || kind === 'ok' || kind === 'cancelled' ? failure?.cause : kind;
    super(`no backend answered: ${code ?? 'reset'} after ${attempts} attempts`, { cause });
    this.code = code ?? 'reset';
    this.attempts = attempts;
    this.status = statusOf(result);
  }
}
