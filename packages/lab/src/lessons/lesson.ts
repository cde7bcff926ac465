/** What a lesson of the tour is: a preset, a few sentences, a question, and a claim that tests hold over many seeds. */

import type { RunFigures } from '../engine/protocol.ts';
import type { LabWorld, RawScenario } from '../state/lab-file.ts';

/** One lesson. */
export interface Lesson {
  /** In addresses and tests. */
  readonly id: string;
  readonly title: string;
  /** Three sentences. */
  readonly text: readonly string[];
  readonly question: string;
  readonly options: readonly string[];
  /** Index of the right option. */
  readonly answer: number;
  readonly explanation: string;
  readonly scenario: RawScenario;
  readonly strategies: readonly LabWorld[];
  /** Virtual time per time of the reader. */
  readonly speed: number;
  /** The moment it begins at. */
  readonly atMs: number;
  /** What the lesson says, of the figures of one seed, world by world. */
  readonly claim: (worlds: readonly RunFigures[]) => boolean;
  /** The share of seeds for which the claim holds at least; one film can always be an exception. */
  readonly holdsFor: number;
}

/** A percentile that a claim compares; there must be enough samples for it. */
export function known(value: number | null | undefined): number {
  return value ?? Number.NaN;
}

/** A fleet of equal backends with exponential service times. */
export function equalFleet(count: number, concurrency: number, meanMs: number): RawScenario[] {
  const service = { distribution: 'exponential', meanMs };
  return [{ id: 'web', count, concurrency, queue: 200, service }];
}

/** Poisson arrivals at this share of capacity. */
export function openLoad(fraction: number, durationMs: number): RawScenario {
  return { kind: 'open', fraction, warmupMs: 1000, durationMs, timeoutMs: 10_000 };
}
