/** The Proxy-Status field (RFC 9209) of a response of our own: which proxy made it, and why. */

import { REASONS, type Reason } from '../reasons.ts';
import type { Answer } from './refusals.ts';
import type { Forwarding } from './settings.ts';

/** A token of structured fields (RFC 8941 section 3.3.4) begins with a letter or `*`. */
const TOKEN = /^[A-Za-z*][!#$%&'*+\-.^_`|~:/\w]*$/;

/** An answer of our own with the field, if the configuration wants it and there is something to say. */
export function withProxyStatus(
  answer: Answer | undefined,
  reason: Reason,
  { proxyStatus, via }: Forwarding,
): Answer | undefined {
  const line = proxyStatus ? proxyStatusLine(via, reason) : '';
  return line === '' ? answer : { ...answer, lines: (answer?.lines ?? '') + line };
}

/**
 * @param name of this proxy, as in Via
 * @returns the whole line; empty for what is no failure
 */
export function proxyStatusLine(name: string, reason: Reason): string {
  const error = reason === '' ? '' : REASONS[reason];
  if (error === '') return '';
  const by = TOKEN.test(name) ? name : `"${name}"`;
  return `Proxy-Status: ${by}; error=${error}; details="${reason}"\r\n`;
}
