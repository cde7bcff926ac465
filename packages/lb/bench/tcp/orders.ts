/** What the bench tells the process that loads, and what it hears from it. */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * `exchange`: 100 bytes each way, again and again. `churn`: connect, one exchange, close. `idle`: one exchange,
 * then silence. `down`, `up`: bytes without end to the client, or from it.
 */
export type LoadKind = 'exchange' | 'churn' | 'idle' | 'down' | 'up';

/** Opens so many connections more. */
export interface LoadOrder {
  readonly order: 'start';
  readonly kind: LoadKind;
  readonly port: number;
  readonly connections: number;
}

export type Order = LoadOrder | { readonly order: 'tell' | 'stop' };

/** Of all clients since the last stop. */
export interface LoadState {
  readonly exchanges: number;
  readonly bytes: number;
  /** Connections that failed. */
  readonly errors: number;
}

export async function tell(peer: ChildProcess): Promise<LoadState> {
  const answer = once(peer, 'message');
  give(peer, { order: 'tell' });
  const [state] = await answer;
  return state as LoadState;
}

export function give(peer: ChildProcess, order: Order): void {
  peer.send(order);
}
