/** Exercise 11: what is hidden is hidden. Neither a machine's name nor its place tells whether it is slow. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Random, seededRandom } from '@evenkeel/core';
import { expect, test } from 'vitest';
import { exercise } from './support.ts';

interface Machine {
  readonly id: string;
  readonly count: number;
  readonly service: { readonly meanMs: number };
}

interface Family {
  readonly id: string;
  readonly draw: (random: Random) => { readonly fleet: readonly Machine[] };
}

const file = pathToFileURL(join(exercise('11').folder, 'families.ts')).href;
const { FAMILIES } = (await import(file)) as { FAMILIES: readonly Family[] };

const SEEDS = 300;
const PLACES = 6;

test('all scenarios have the same names, and a slow machine stands at every place alike', () => {
  const slowAt = Array<number>(PLACES).fill(0);
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const { id, draw } of FAMILIES) {
      const { fleet } = draw(seededRandom(seed));
      const names = fleet.flatMap(({ id: name, count }) =>
        count === 1 ? [name] : Array.from({ length: count }, (_, i) => `${name}-${i + 1}`),
      );
      expect(names).toEqual(Array.from({ length: PLACES }, (_, i) => `web-${i + 1}`));
      if (id !== 'mixed-machines') continue;
      const fastest = Math.min(...fleet.map(({ service }) => service.meanMs));
      for (const [i, { service }] of fleet.entries()) {
        if (service.meanMs > 2 * fastest) slowAt[i] = (slowAt[i] ?? 0) + 1;
      }
    }
  }
  // 2.5 of 6 are slow in the mean.
  for (const count of slowAt) {
    expect(count / SEEDS).toBeGreaterThan(0.3);
    expect(count / SEEDS).toBeLessThan(0.55);
  }
});
