/**
 * What connections in mode tcp have come to, by service and the backend last dialled; of those that
 * reached none, or one that has left, it is empty.
 */

import type { ConnectionRecord } from '../observer.ts';
import type { RequestEnd } from '../reasons.ts';
import { Durations, SESSION_EDGES_S } from './durations.ts';

/** The connections of one backend that have ended. */
export class TcpCounts {
  readonly byEnd: Record<RequestEnd, number> = {
    complete: 0,
    'client-left': 0,
    'backend-broke': 0,
    refused: 0,
  };
  receivedBytes = 0;
  sentBytes = 0;
}

/** The connections of one service that have ended. */
class TcpService {
  readonly durations: Durations = new Durations(SESSION_EDGES_S);
  readonly backends: Map<string, TcpCounts> = new Map();
}

export class TcpTraffic {
  readonly #services = new Map<string, TcpService>();

  /** By name; those without a connection so far are not among them. */
  get services(): ReadonlyMap<string, TcpService> {
    return this.#services;
  }

  /** @param isPresent its backend has not left */
  add(record: ConnectionRecord, isPresent: boolean): void {
    const service = this.#services.get(record.service) ?? new TcpService();
    this.#services.set(record.service, service);
    const backend = isPresent ? record.backend : '';
    const counts = service.backends.get(backend) ?? new TcpCounts();
    service.backends.set(backend, counts);
    counts.byEnd[record.end] += 1;
    counts.receivedBytes += record.receivedBytes;
    counts.sentBytes += record.sentBytes;
    service.durations.record(record.durationMs);
  }

  /** The backend has left. */
  forget(backend: string): void {
    for (const { backends } of this.#services.values()) backends.delete(backend);
  }

  forgetService(name: string): void {
    this.#services.delete(name);
  }
}
