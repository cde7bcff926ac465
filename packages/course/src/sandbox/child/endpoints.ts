/** Endpoints as a strategy sees them, made from the plain values that come in. */

import type { Endpoint } from '@evenkeel/core';
import type { EndpointRow } from '../protocol.ts';

/** Read-only: a strategy that writes to one is told so, with its own line. */
class SeenEndpoint implements Endpoint {
  #row: EndpointRow;

  constructor(row: EndpointRow) {
    this.#row = row;
  }

  get id(): string {
    return this.#row[1];
  }

  get slot(): number {
    return this.#row[2];
  }

  get weight(): number {
    return this.#row[3];
  }

  get effectiveWeight(): number {
    return this.#row[4];
  }

  get inFlight(): number {
    return this.#row[5];
  }

  get eligible(): boolean {
    return this.#row[6] === 1;
  }

  /** @internal The figures have changed. */
  static show(endpoint: SeenEndpoint, row: EndpointRow): void {
    endpoint.#row = row;
  }
}

const { show } = SeenEndpoint;
// A strategy must not find the way to write.
delete (SeenEndpoint as unknown as Record<string, unknown>).show;

/** The same object for as long as an endpoint is a member: identity can stand for it. */
export class SeenEndpoints {
  readonly #byKey = new Map<number, SeenEndpoint>();

  /** The endpoint of this row, with the row's figures. */
  see(row: EndpointRow): Endpoint {
    const known = this.#byKey.get(row[0]);
    if (known !== undefined) {
      show(known, row);
      return known;
    }
    const endpoint = new SeenEndpoint(row);
    Object.freeze(endpoint);
    this.#byKey.set(row[0], endpoint);
    return endpoint;
  }

  /** Those that are no longer needed: they have left and nothing runs there. */
  keep(rows: readonly EndpointRow[]): void {
    const kept = new Set(rows.map(([key]) => key));
    for (const [key, endpoint] of this.#byKey) {
      if (!kept.has(key) && endpoint.inFlight === 0) this.#byKey.delete(key);
    }
  }
}
