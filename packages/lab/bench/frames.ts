/**
 * `pnpm bench:lab`: the work per frame of the page with four worlds of ten backends at 1,000 requests/s in real
 * time, in a headless browser without a GPU. The goal is 12 ms at p95. Not a test: a busy machine is slower.
 */

import { inPage, LabBrowser } from '../test/support/page.ts';

const SECONDS = 10;
const WARM_UP_MS = 2000;
const GOAL_MS = 12;

const SCENARIO = {
  name: 'frames',
  title: 'Ten backends at 1,000 requests/s',
  fleet: [
    { id: 'web', count: 10, concurrency: 4, service: { distribution: 'exponential', meanMs: 25 } },
  ],
  load: { kind: 'open', ratePerSecond: 1000, warmupMs: 0, durationMs: 60_000 },
};
const STRATEGIES = ['random', 'round-robin', 'power-of-two', 'least-connections'];

/** What `stage` has measured. */
interface Measured {
  readonly work: readonly number[];
  readonly travellers: number;
  readonly dotsMax: number;
}

await using lab = await LabBrowser.start();
const { page } = await lab.open({ viewport: { width: 1280, height: 900 } });
const file = {
  schema: 'evenkeel.lab/1',
  scenario: SCENARIO,
  strategies: STRATEGIES,
  atMs: 0,
  speed: 1,
};
const { work, travellers, dotsMax } = await inPage<Measured>(
  page,
  `lab.open(${JSON.stringify(file)});
   lab.play(true);
   await new Promise((resolve) => setTimeout(resolve, ${WARM_UP_MS}));
   const work = [];
   stage.listenToWork((ms) => work.push(ms));
   await new Promise((resolve) => setTimeout(resolve, ${SECONDS * 1000}));
   return { work, travellers: stage.travellers, dotsMax: lab.dotsMax };`,
);
const sorted = [...work].sort((a, b) => a - b);
const at = (share: number): string => (sorted[Math.floor(share * sorted.length)] ?? 0).toFixed(1);
process.stdout.write(
  `${work.length} frames in ${SECONDS} s, ${travellers} travelling requests drawn at the end (limit ${dotsMax} per world)\n` +
    `work per frame: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms (goal ${GOAL_MS} ms), p99 ${at(0.99)} ms\n`,
);
