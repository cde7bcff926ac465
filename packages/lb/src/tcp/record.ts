/** What is told of a connection in mode tcp when it has ended; one record each, which only it writes. */

import type { Attempt, Result } from '@evenkeel/core';
import type { ConnectionEnder, ConnectionRecord } from '../observer.ts';
import { failureReason, type RequestEnd } from '../reasons.ts';
import type { Relay, RelayEnd } from '../relay/relay.ts';

export class TcpRecord implements ConnectionRecord {
  readonly service: string;
  readonly clientAddress: string;
  backend = '';
  attempts = 0;
  afterEvent = 0;
  end: RequestEnd = 'complete';
  endedBy: ConnectionEnder = 'balancer';
  reason = '';
  receivedBytes = 0;
  sentBytes = 0;
  connectMs = 0;
  durationMs = 0;
  readonly #startMs: number;

  constructor(service: string, clientAddress: string, startMs: number) {
    this.service = service;
    this.clientAddress = clientAddress;
    this.#startMs = startMs;
  }

  tries({ endpoint, afterEvent }: Attempt): void {
    this.backend = endpoint.id;
    this.afterEvent = afterEvent;
  }

  /** The client has left before there was a backend. */
  left(): void {
    this.#ends('client-left', 'client', 'client-left');
  }

  /** We end it, for a reason of our own. */
  refused(reason: string): void {
    this.#ends('refused', 'balancer', reason);
  }

  /** The relay has ended it. A reason that was given before is the better one. */
  relayed({ by, kind }: RelayEnd): void {
    if (this.reason !== '') return;
    if (kind === 'complete') this.#ends('complete', by, '');
    else if (by === 'client') this.#ends('client-left', by, 'client-reset');
    else if (by === 'backend') this.#ends('backend-broke', by, 'backend-reset');
    else this.refused(kind);
  }

  /** The balancer gave it up before there was a backend, unless a reason was given before. */
  gaveUp(result: Result): void {
    if (this.reason !== '') return;
    const reason = failureReason(result, 'body', false);
    if (result.kind === 'failed') this.#ends('backend-broke', 'backend', reason);
    else this.refused(reason);
  }

  /** It is over. */
  close({ attempts }: Result, relay: Relay | undefined, nowMs: number): void {
    this.attempts = attempts;
    this.receivedBytes = relay?.receivedBytes ?? 0;
    this.sentBytes = relay?.sentBytes ?? 0;
    this.durationMs = nowMs - this.#startMs;
  }

  #ends(end: RequestEnd, by: ConnectionEnder, reason: string): void {
    this.end = end;
    this.endedBy = by;
    this.reason = reason;
  }
}
