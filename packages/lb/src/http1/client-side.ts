/** What a conversation and an exchange ask of their client's connection. */

import type { Socket } from 'node:net';
import type { Tunnel } from './tunnel.ts';

/** The client, as far as a conversation needs it. */
export interface ClientSide {
  /** Whether more of the request's body is wanted now. */
  wantBody(wanted: boolean): void;
  /** The client does not take what it is sent: to be limited until it does. */
  stalled(): void;
}

/** What an exchange asks of its client's connection. */
export interface ExchangeOwner extends ClientSide {
  readonly socket: Socket;
  /** The response is out: the connection ends or goes on as the response has decided. */
  exchangeEnded(): void;
  /** The client must not take what it was sent for a whole response. */
  exchangeAborted(): void;
  /** From now on the tunnel gets the client's bytes, those first that were sent ahead. */
  becomeTunnel(tunnel: Tunnel): void;
}
