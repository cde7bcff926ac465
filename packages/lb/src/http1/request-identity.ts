/** What makes two requests the same one, as far as core asks whether one request fails again and again. */

import { hash32 } from '@evenkeel/core';

/**
 * Requests that differ in their query alone, or in absolute form, count as repetitions of one; so does HEAD, which
 * fails wherever GET does.
 */
export function identityOf(method: string, target: string): number {
  const origin = target.startsWith('/') ? target : target.replace(/^\w+:\/\/[^/?]*/, '');
  const query = origin.indexOf('?');
  const asked = method === 'HEAD' ? 'GET' : method;
  return hash32(`${asked} ${(query < 0 ? origin : origin.slice(0, query)) || '/'}`);
}
