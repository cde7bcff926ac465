/**
 * Why a connection in mode tcp did not end in order on both sides: one short, stable code, in the access log and in
 * `evenkeel_errors_total`. docs/13-layer-4.md says what each means; a test holds the two tables equal, another
 * provokes each.
 */

import type { FailureCause, Result } from '@evenkeel/core';
import type { RequestEnd } from './reasons.ts';

/** Every code, and the way of ending that it stands for. */
export const TCP_REASONS = {
  'client-left': 'client-left',
  'client-reset': 'client-left',

  'connect-refused': 'backend-broke',
  'connect-timeout': 'backend-broke',
  'backend-reset': 'backend-broke',

  idle: 'refused',
  'half-closed': 'refused',
  'drain-timeout': 'refused',
  'proxy-header': 'refused',
  'no-backend-ready': 'refused',
  'queue-full': 'refused',
  'queue-timeout': 'refused',
  'resources-exhausted': 'refused',
  'policy-error': 'refused',
} as const;

/** A code; empty for a connection that both sides have ended. */
export type TcpReason = keyof typeof TCP_REASONS | '';

/** Which side ended a connection. */
export type ConnectionEnder = 'client' | 'backend' | 'balancer';

/** Which side ends a connection, by the way in which it ends; `complete` is for either. */
export const ENDER: Readonly<Record<Exclude<RequestEnd, 'complete'>, ConnectionEnder>> = {
  'client-left': 'client',
  'backend-broke': 'backend',
  refused: 'balancer',
};

const BY_RESULT: Readonly<Partial<Record<Result['kind'], TcpReason>>> = {
  none: 'no-backend-ready',
  'queue-full': 'queue-full',
  'queue-timeout': 'queue-timeout',
  error: 'policy-error',
};

/** The code for a connection that the balancer gave up before there was a backend. */
export function gaveUpReason({ kind, failure }: Result): Exclude<TcpReason, ''> {
  const cause: FailureCause = failure?.cause ?? 'refused';
  return BY_RESULT[kind] || (cause === 'connect-timeout' ? cause : 'connect-refused');
}
