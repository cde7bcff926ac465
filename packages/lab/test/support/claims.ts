/** Runs a lesson's worlds for a range of seeds, and counts how often its claim holds. */

import { strategyNamed } from '@evenkeel/core';
import { runOnce } from '../../src/engine/serve.ts';
import type { Lesson } from '../../src/lessons/index.ts';
import { scenarioOf, strategyOf } from '../../src/state/lab-file.ts';

/** The seeds from `first` on for which the claim does not hold. */
export function exceptions(lesson: Lesson, first: number, count: number): number[] {
  const seeds = Array.from({ length: count }, (_, i) => first + i);
  return seeds.filter((seed) => {
    const worlds = lesson.strategies.map((setup) => {
      const factory = strategyNamed(strategyOf(setup) ?? '').create();
      return runOnce(scenarioOf(lesson, setup), factory, seed);
    });
    return !lesson.claim(worlds);
  });
}
