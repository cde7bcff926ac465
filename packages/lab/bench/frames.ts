/**
 * `pnpm bench:lab`: the work per frame of the page with four worlds of ten backends at 1,000 requests/s in real
 * time, in a headless browser without a GPU. The goal is 12 ms at p95. Not a test: a busy machine is slower,
 * which is why the time on the processor stands beside the time that passed.
 */

import { inPage, LabBrowser } from '../test/support/page.ts';
import { type FrameWork, framesOf } from './trace.ts';

const SECONDS = 10;
const WARM_UP_MS = 3000;
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

/** What the page says of itself at the end. */
interface State {
  readonly travellers: number;
  readonly dotsMax: number;
  readonly notes: readonly string[];
}

const file = {
  schema: 'evenkeel.lab/1',
  scenario: SCENARIO,
  strategies: STRATEGIES,
  atMs: 0,
  speed: 1,
};

await using lab = await LabBrowser.start();
const { page } = await lab.open({ viewport: { width: 1280, height: 900 } });
const pass = (ms: number): string => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;
await inPage(page, `lab.open(${JSON.stringify(file)}); lab.play(true); ${pass(WARM_UP_MS)}`);
await lab.browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel'] });
const from = await inPage<number>(page, 'return lab.atMs;');
const state = await inPage<State>(
  page,
  `${pass(SECONDS * 1000)}
   const notes = [...document.querySelectorAll('.world-note')].filter(({ hidden }) => !hidden);
   return {
     travellers: stage.travellers,
     dotsMax: lab.dotsMax,
     notes: [...new Set(notes.map(({ textContent }) => textContent))],
   };`,
);
const passedMs = (await inPage<number>(page, 'return lab.atMs;')) - from;
const frames = framesOf(await lab.browser.stopTracing());

const at = (of: (frame: FrameWork) => number, share: number): string => {
  const sorted = frames.map(of).sort((a, b) => a - b);
  return (sorted[Math.floor(share * sorted.length)] ?? 0).toFixed(1).padStart(5);
};
const line = (name: string, of: (frame: FrameWork) => number): string =>
  `${name.padEnd(46)} p50 ${at(of, 0.5)}   p95 ${at(of, 0.95)}   p99 ${at(of, 0.99)} ms\n`;
const missing = state.dotsMax < 1500 ? `; fewer than asked for: ${state.notes.join(' ')}` : '';
process.stdout.write(
  `${frames.length} frames in ${SECONDS} s, ${(passedMs / 1000).toFixed(1)} s of film; ` +
    `${state.travellers} travelling requests drawn at the end${missing}\n` +
    line(`work per frame (goal: p95 ${GOAL_MS} ms)`, ({ workCpuMs }) => workCpuMs) +
    line('  the same, with what the machine did meanwhile', ({ workMs }) => workMs) +
    line('all of the main thread: layout, paint, commit', ({ allCpuMs }) => allCpuMs),
);
const isMet = Number(at(({ workCpuMs }) => workCpuMs, 0.95)) <= GOAL_MS;
process.stdout.write(isMet ? 'met\n' : 'not met\n');
