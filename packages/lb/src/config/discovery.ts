/** The sources in which one service's backends are found, complete. */

import { type DiscoveryFile, type GroupFile, type Mode, parseDiscoveryUrl } from '@evenkeel/config';
import type { Findings } from './findings.ts';
import { placeOf, type ServicePlace } from './place.ts';
import type { DiscoveryConfig } from './types.ts';

const MIN_REFRESH_MS = 1_000;
const MAX_REFRESH_MS = 30_000;

/** All sources of a group that are in order. */
export function resolveDiscovery(
  { discovery = [] }: GroupFile,
  mode: Mode,
  place: ServicePlace,
  findings: Findings,
): DiscoveryConfig[] {
  const isList = Array.isArray(discovery);
  const written = (isList ? discovery : [discovery]) as readonly (DiscoveryFile | string)[];
  const resolved: DiscoveryConfig[] = [];
  for (const [index, one] of written.entries()) {
    const { url, minRefresh, maxRefresh, ...settings }: DiscoveryFile =
      typeof one === 'string' ? { url: one } : one;
    const path = [...placeOf(place, 'discovery'), ...(isList ? [index] : [])];
    const target = parseDiscoveryUrl(url);
    if (!('kind' in target)) throw new Error(`not the URL of a source: ${url}`);
    if (resolved.some((other) => other.url === url)) {
      findings.wrong([...path, 'url'], 'must be given once', url);
      continue;
    }
    const minRefreshMs = minRefresh ?? Math.min(MIN_REFRESH_MS, maxRefresh ?? MIN_REFRESH_MS);
    const maxRefreshMs = maxRefresh ?? Math.max(MAX_REFRESH_MS, minRefreshMs);
    if (minRefreshMs > maxRefreshMs) {
      const expected = `must be at most maxRefresh, which is ${maxRefreshMs}`;
      findings.wrong([...path, 'minRefresh'], expected, minRefreshMs);
    }
    for (const key of target.kind === 'srv' ? (['weight', 'priority'] as const) : []) {
      if (settings[key] === undefined) continue;
      findings.warn([...path, key], 'has no effect: SRV records bring their own');
    }
    resolved.push({ url, target, mode, minRefreshMs, maxRefreshMs, settings });
  }
  return resolved;
}
