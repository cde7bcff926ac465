/** How a request ended, from what undici reports about it. Pure, so that every row has a test. */

import type { ClientOutcome } from './job.ts';

/** The generator's own verdict that a request took longer than it may. */
export class OverdueError extends Error {
  override name = 'OverdueError';
  readonly code = 'OVERDUE';
}

export function outcomeOfStatus(status: number): ClientOutcome {
  if (status >= 500) return 'status5xx';
  return status >= 400 ? 'status4xx' : 'ok';
}

const OVERDUE: ReadonlySet<string> = new Set(['OVERDUE', 'UND_ERR_CONNECT_TIMEOUT', 'ETIMEDOUT']);
const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);
// undici calls an orderly end of the connection in mid-answer any of these.
const ENDED: ReadonlySet<string> = new Set([
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/**
 * The outcome of a request that failed with `error`; `headSeen`: a complete final response head had
 * arrived before. An answer that is not HTTP is `other`: it was neither lost nor cut short.
 */
export function outcomeOfError(error: Error, headSeen: boolean): ClientOutcome {
  const code = codeOf(error);
  if (code === 'ECONNREFUSED') return 'refused';
  if (OVERDUE.has(code)) return headSeen ? 'timeout' : 'silent';
  if (RESET.has(code)) return headSeen ? 'reset' : 'closed';
  if (ENDED.has(code)) return headSeen ? 'truncated' : 'closed';
  if (code === 'HPE_INVALID_EOF_STATE') return headSeen ? 'truncated' : 'closed';
  return 'other';
}
