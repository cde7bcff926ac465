/** A request as operations see it. Made for connections whose requests meet any, and used again for each. */

import type { RequestFacts } from '../../stream.ts';
import { wasSecure } from '../affinity.ts';
import type { Peer } from '../client-identity.ts';
import type { OperatedRequest } from './operation.ts';

/** What it looks at. */
export interface ViewedRequest {
  readonly method: string;
  /** As the client wrote it. */
  readonly target: string;
  /** With or without a port. */
  readonly host: string;
  readonly requestId: string;
  readonly clientAddress: string;
  readonly service: string;
}

export class RequestView implements OperatedRequest {
  readonly #request: ViewedRequest;
  /** What the client speaks: `https` where a trusted proxy says so. */
  scheme = 'http';
  responseLines = '';
  /** Id of the backend that answers; empty where none has. */
  backend = '';

  constructor(request: ViewedRequest) {
    this.#request = request;
  }

  begin(facts: RequestFacts, peer: Peer): void {
    this.scheme = wasSecure(facts, peer) ? 'https' : 'http';
    this.responseLines = '';
    this.backend = '';
  }

  get method(): string {
    return this.#request.method;
  }

  get requestId(): string {
    return this.#request.requestId;
  }

  get clientAddress(): string {
    return this.#request.clientAddress;
  }

  get service(): string {
    return this.#request.service;
  }

  /** Without a port. */
  get host(): string {
    return this.#request.host.replace(/:\d*$/, '');
  }

  /** Path and query; begins with a slash. */
  get target(): string {
    const origin = this.#request.target.replace(/^https?:\/\/[^/?]*/i, '');
    if (origin.startsWith('/')) return origin;
    return origin === '*' ? '/' : `/${origin}`;
  }

  /** Without the query. */
  get path(): string {
    const { target } = this;
    const query = target.indexOf('?');
    return query < 0 ? target : target.slice(0, query);
  }
}
