/**
 * Checks of a new membership, made before anything is changed: a refused update changes nothing.
 */

import type { EndpointSpec } from '../pool.ts';

/** @throws {RangeError} naming the endpoint, the field, its value and what was expected */
export function validateSpecs(specs: readonly EndpointSpec[]): void {
  const ids = new Set<string>();
  for (const spec of specs) {
    if (spec.id === '') throw new RangeError('endpoint id must not be empty');
    if (ids.has(spec.id)) throw new RangeError(`endpoint id ${spec.id} is given twice`);
    ids.add(spec.id);
    const { weight = 1, priority = 0, maxConnections = 0 } = spec;
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new RangeError(`endpoint ${spec.id}: weight must be a number above 0, got ${weight}`);
    }
    atLeastZero(spec.id, 'priority', priority);
    atLeastZero(spec.id, 'maxConnections', maxConnections);
  }
}

function atLeastZero(id: string, field: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`endpoint ${id}: ${field} must be an integer ≥ 0, got ${value}`);
  }
}
