/** One attempt in words, for the program's log at debug level. */

import type { AttemptObservation, RequestRecord } from '../observer.ts';

export function attemptLine(request: RequestRecord, attempt: AttemptObservation): string {
  const { service, method, target, requestId } = request;
  const { backend, outcome, status, connectMs, firstByteMs, durationMs } = attempt;
  const parts = [
    outcome,
    status === 0 ? '' : `status ${status}`,
    connectMs < 0 ? '' : `connected in ${shown(connectMs)}`,
    firstByteMs < 0 ? '' : `first byte after ${shown(firstByteMs)}`,
    `ended after ${shown(durationMs)}`,
  ].filter((part) => part !== '');
  const asked = [method, target, requestId].filter((part) => part !== '').join(' ');
  return `attempt at ${backend} of service ${service}: ${parts.join(', ')}: ${asked}`;
}

function shown(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
