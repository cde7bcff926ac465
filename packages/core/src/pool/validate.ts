/**
 * Checks of a new membership, made before anything is changed: a refused update changes nothing.
 */

import type { EndpointSpec } from '../pool.ts';

/** Slots are small and dense; a larger one is a mistake that would cost memory. */
const SLOTS_MAX = 2 ** 20;

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

/**
 * Slots are assigned to all endpoints or to none.
 * @throws {RangeError} naming the endpoint, its slot and what was expected
 */
export function validateSlots(specs: readonly EndpointSpec[], capacity: number): void {
  const slots = specs.flatMap(({ slot }) => (slot === undefined ? [] : [slot]));
  if (slots.length === 0) return;
  const limit = Math.min(capacity, SLOTS_MAX);
  const seen = new Set<number>();
  for (const { id, slot } of specs) {
    if (slot === undefined) {
      throw new RangeError(`endpoint ${id}: slot must be given, as it is for other endpoints`);
    }
    if (!Number.isInteger(slot) || slot < 0 || slot >= limit) {
      throw new RangeError(`endpoint ${id}: slot must be an integer in [0, ${limit}), got ${slot}`);
    }
    if (seen.has(slot)) throw new RangeError(`endpoint ${id}: slot ${slot} is given twice`);
    seen.add(slot);
  }
}

function atLeastZero(id: string, field: string, value: number): void {
  if (!Number.isInteger(value) || value < 0) {
    throw new RangeError(`endpoint ${id}: ${field} must be an integer ≥ 0, got ${value}`);
  }
}
