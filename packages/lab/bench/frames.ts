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
  readonly passedMs: number;
  readonly notes: readonly string[];
}

const file = {
  schema: 'evenkeel.lab/1',
  scenario: SCENARIO,
  strategies: STRATEGIES,
  atMs: 0,
  speed: 1,
};

const pass = (ms: number): string => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;

/** Plays for a while, and prints what a frame took. */
async function measure(lab: LabBrowser, title: string, budgetMs: string): Promise<number> {
  const { page } = await lab.open({ viewport: { width: 1280, height: 900 } });
  const start = `stage.budgetMs = ${budgetMs}; lab.open(${JSON.stringify(file)}); lab.play(true);`;
  await inPage(page, `${start} ${pass(WARM_UP_MS)}`);
  await lab.browser.startTracing(page, { categories: ['devtools.timeline', 'toplevel'] });
  const { travellers, passedMs, notes } = await inPage<State>(
    page,
    `const from = lab.atMs;
     ${pass(SECONDS * 1000)}
     const notes = [...document.querySelectorAll('.world-note:not([hidden])')];
     return {
       travellers: stage.travellers,
       passedMs: lab.atMs - from,
       notes: [...new Set(notes.map(({ textContent }) => textContent))],
     };`,
  );
  const frames = framesOf(await lab.browser.stopTracing());
  await page.context().close();

  const at = (of: (frame: FrameWork) => number, share: number): number => {
    const sorted = frames.map(of).sort((a, b) => a - b);
    return sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  };
  const line = (name: string, of: (frame: FrameWork) => number): string => {
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => at(of, share).toFixed(1).padStart(6));
    return `  ${name.padEnd(48)} p50${p50}   p95${p95}   p99${p99} ms\n`;
  };
  process.stdout.write(
    `${title}\n` +
      `  ${frames.length} frames and ${(passedMs / 1000).toFixed(1)} s of film in ${SECONDS} s; ` +
      `${travellers} travelling requests at the end${['', ...notes].join('; ')}\n` +
      line('work per frame, on the processor', ({ workCpuMs }) => workCpuMs) +
      line('the same, with what the machine did meanwhile', ({ workMs }) => workMs) +
      line('all of the main thread: layout, paint, commit', ({ allCpuMs }) => allCpuMs),
  );
  return at(({ workCpuMs }) => workCpuMs, 0.95);
}

await using lab = await LabBrowser.start();
const p95 = await measure(lab, 'Everything drawn', 'Infinity');
await measure(
  lab,
  'As users have it: fewer travelling requests where the machine is too slow',
  '12',
);
process.stdout.write(`goal of ${GOAL_MS} ms at p95: ${p95 <= GOAL_MS ? 'met' : 'not met'}\n`);
