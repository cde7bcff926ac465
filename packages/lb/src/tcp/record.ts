/** What is told of a connection in mode tcp when it has ended; one record each, which only it writes. */

import type { Attempt, Result } from '@evenkeel/core';
import type { ConnectionRecord } from '../observer.ts';
import type { RequestEnd } from '../reasons.ts';
import type { Relay, RelayEnd } from '../relay/relay.ts';
import {
  type ConnectionEnder,
  ENDER,
  gaveUpReason,
  TCP_REASONS,
  type TcpReason,
} from '../tcp-reasons.ts';

export class TcpRecord implements ConnectionRecord {
  readonly service: string;
  readonly clientAddress: string;
  backend = '';
  attempts = 0;
  afterEvent = 0;
  end: RequestEnd = 'complete';
  endedBy: ConnectionEnder = 'balancer';
  reason: TcpReason = '';
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

  /** It does not end in order. */
  failed(reason: Exclude<TcpReason, ''>): void {
    this.reason = reason;
    this.end = TCP_REASONS[reason];
    this.endedBy = ENDER[TCP_REASONS[reason]];
  }

  /** The relay has ended it. A reason that was given before is the better one. */
  relayed({ by, kind }: RelayEnd): void {
    if (this.reason !== '') return;
    if (kind === 'complete') this.endedBy = by;
    else if (kind === 'cut-off') this.failed('drain-timeout');
    else if (kind === 'reset') this.failed(by === 'client' ? 'client-reset' : 'backend-reset');
    else this.failed(kind);
  }

  /** The balancer gave it up before there was a backend, unless a reason was given before. */
  gaveUp(result: Result): void {
    if (this.reason === '') this.failed(gaveUpReason(result));
  }

  /** It is over. */
  close({ attempts }: Result, relay: Relay | undefined, nowMs: number): void {
    this.attempts = attempts;
    this.receivedBytes = relay?.receivedBytes ?? 0;
    this.sentBytes = relay?.sentBytes ?? 0;
    this.durationMs = nowMs - this.#startMs;
  }
}
