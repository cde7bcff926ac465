/** `pnpm fuzz --minutes N`: the differential fuzz of the request parser at length. Exit 1 on a disagreement. */

import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { compareParsers } from './differential.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error(
    `--minutes ${values.minutes} --seed ${values.seed}: expected a number above 0 and an integer`,
  );
  process.exit(2);
}
const end = performance.now() + minutes * 60_000;
console.log(`fuzzing for ${minutes} min, seed ${seed}`);
const { tried, accepted, disagreements } = await compareParsers(
  seed,
  () => performance.now() >= end,
);
console.log(`${tried} inputs, ${accepted} accepted by ours, ${disagreements.length} disagreements`);
for (const disagreement of disagreements) console.log(JSON.stringify(disagreement, null, 2));
process.exit(disagreements.length > 0 ? 1 : 0);
