/** What connections in mode tcp have come to, by the backend last dialled; of those that reached none it is empty. */

import type { ConnectionRecord } from '../observer.ts';
import type { RequestEnd } from '../reasons.ts';

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

export class TcpTraffic {
  readonly #backends = new Map<string, TcpCounts>();

  get backends(): ReadonlyMap<string, TcpCounts> {
    return this.#backends;
  }

  add({ backend, end, receivedBytes, sentBytes }: ConnectionRecord): void {
    const counts = this.#backends.get(backend) ?? new TcpCounts();
    this.#backends.set(backend, counts);
    counts.byEnd[end] += 1;
    counts.receivedBytes += receivedBytes;
    counts.sentBytes += sentBytes;
  }

  /** The backend has left. */
  forget(backend: string): void {
    this.#backends.delete(backend);
  }
}
