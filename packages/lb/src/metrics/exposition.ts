/**
 * In which of two forms a scrape is answered: Prometheus text, or OpenMetrics where the client prefers it, as
 * Prometheus itself does (RFC 9110 section 12.5.1).
 */

import type { Registry } from 'prom-client';

/** The same figures in both forms. */
export interface Registries {
  readonly prometheus: Registry;
  readonly openMetrics: Registry;
}

/** @param accept the client's Accept field; empty if it sent none */
export function registryFor(accept: string, { prometheus, openMetrics }: Registries): Registry {
  const wanted = qualityOf(accept, ['application/openmetrics-text']);
  const isPreferred = wanted > 0 && wanted >= qualityOf(accept, ['text/plain', 'text/*', '*/*']);
  return isPreferred ? openMetrics : prometheus;
}

/** The weight of the first of these media ranges that is named; 0 if none is. */
function qualityOf(accept: string, ranges: readonly string[]): number {
  const weights = new Map<string, number>();
  for (const part of accept.toLowerCase().split(',')) {
    const [range = '', ...parameters] = part.split(';').map((text) => text.trim());
    const q = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    weights.set(range, Math.max(weights.get(range) ?? 0, Number(q) || 0));
  }
  const named = ranges.find((range) => weights.has(range));
  return named === undefined ? 0 : (weights.get(named) ?? 0);
}
