/** What the error of a probe's connection says about the endpoint. */

import type { ProbeResult } from '@evenkeel/core';

/** What we ran out of ourselves: no verdict on a backend. */
const OURS: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'ENOMEM',
  'EADDRNOTAVAIL',
  'EAGAIN',
]);

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
};

/** A refused dial says that nothing listens there. */
export function failed({ code = '', message }: NodeJS.ErrnoException): ProbeResult {
  const detail = WORDS[code] ?? (code === '' ? message : code);
  if (OURS.has(code)) return { ok: false, inconclusive: true, detail };
  return { ok: false, refused: code === 'ECONNREFUSED', detail };
}
