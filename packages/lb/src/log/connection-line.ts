/** The line of the access log for one connection in mode tcp; JSON, whatever lines of requests look like. */

import type { ConnectionRecord } from '../observer.ts';
import { jsonLine } from './escape.ts';

/** @param nowMs when it ended, since 1970 */
export function connectionLine(record: ConnectionRecord, nowMs: number): string {
  const line = {
    time: new Date(nowMs).toISOString(),
    client: record.clientAddress,
    mode: 'tcp',
    receivedBytes: record.receivedBytes,
    sentBytes: record.sentBytes,
    ms: rounded(record.durationMs),
    connectMs: rounded(record.connectMs),
    service: record.service,
    backend: record.backend,
    attempts: record.attempts,
    end: record.end,
    endedBy: record.endedBy,
    reason: record.reason,
    afterEvent: record.afterEvent,
  };
  return `${jsonLine(line)}\n`;
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
