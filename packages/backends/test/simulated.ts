/** Outcomes of requests under faults, live and simulated, in the same words. */

import { roundRobin } from '@evenkeel/core';
import { type Fault, recordedRequests, simulate } from '@evenkeel/sim';
import { checkScenario } from '@evenkeel/sim/engine';
import { type Ask, ask, field, type Seen, statusOf } from './support.ts';

/** Long beside a network's and a process's own delays; waits of faults are this long. */
export const WAIT_MS = 250;
/** What counts as such a wait. */
const LONG_MS = 0.8 * WAIT_MS;
const SEED = 7;

/** How one request ended, and where it took its time. */
export interface Outcome {
  readonly kind:
    | 'refused'
    | 'reset'
    | 'garbage'
    | 'silent'
    | 'answered'
    | 'cut by reset'
    | 'cut short';
  readonly status: number;
  readonly lateHead: boolean;
  readonly lateEnd: boolean;
  /** The connection stays open after the whole answer. */
  readonly lateClose: boolean;
}

function scenarioWith(faults: readonly Fault[], lb: object): ReturnType<typeof checkScenario> {
  const service = { distribution: 'constant', meanMs: 1e-6 };
  return checkScenario(
    {
      name: 'law',
      title: 'law',
      seed: SEED,
      fleet: [{ id: 'a', concurrency: 100, queue: 100, service }],
      load: { kind: 'open', ratePerSecond: 1, warmupMs: 0, durationMs: 600_000, timeoutMs: 2000 },
      faults: faults.map((fault) => ({ atMs: 0, target: 'a', fault, forMs: 500_000 })),
      lb: { passive: 'off', retries: 'off', ...lb },
    },
    'law',
  );
}

/** What the simulator says of `count` requests, one after the other. */
export function simulated(faults: readonly Fault[], count: number): Outcome[] {
  const lines: string[] = [];
  const list = Array.from({ length: count }, (_, i) => ({ atMs: 3000 * (i + 1), work: 0 }));
  simulate({
    scenario: scenarioWith(faults, { health: 'off' }),
    strategy: roundRobin,
    source: recordedRequests(list),
    trace: (line) => lines.push(line),
  });
  return list.map(({ atMs }, i) => {
    const ended = find(lines, new RegExp(`^(\\S+) ended ${i} at a (.*)$`));
    const head = find(lines, new RegExp(`^(\\S+) head ${i} at a (.*)$`)) ?? ended;
    if (ended === undefined || head === undefined) return outcome('silent', 0);
    const [, words = '', status = '0'] =
      /^(\D+?)(?: (\d+))?(?: closing=.*)?$/.exec(ended.rest) ?? [];
    const kinds: Readonly<Record<string, Outcome['kind']>> = {
      'broken by reset': 'cut by reset',
      'broken by truncated': 'cut short',
    };
    return {
      ...outcome(kinds[words] ?? (words as Outcome['kind']), Number(status)),
      lateHead: head.atMs - atMs > LONG_MS,
      lateEnd: ended.atMs - head.atMs > LONG_MS,
      lateClose: / closing=/.test(ended.rest),
    };
  });
}

function find(lines: readonly string[], form: RegExp): { atMs: number; rest: string } | undefined {
  for (const line of lines) {
    const [, atMs, rest] = form.exec(line) ?? [];
    if (rest !== undefined) return { atMs: Number(atMs), rest };
  }
  return undefined;
}

/** Whether the simulated backend passes its health check. */
export function simulatedHealth(faults: readonly Fault[]): boolean {
  const { events } = simulate({
    scenario: scenarioWith(faults, { health: { type: 'http', rise: 1, fall: 1 } }),
    strategy: roundRobin,
    source: recordedRequests([{ atMs: 30_000, work: 0 }]),
  });
  return events.findLast(({ type, atMs }) => type === 'state' && atMs < 60_000)?.to === 'ready';
}

const outcome = (kind: Outcome['kind'], status: number): Outcome => ({
  kind,
  status,
  lateHead: false,
  lateEnd: false,
  lateClose: false,
});

/** One live request; one that is expected to stay without an answer is not watched for long. */
export async function live(url: string, index: number, expected: Outcome): Promise<Outcome> {
  const watchMs = expected.kind === 'silent' ? WAIT_MS : 20_000;
  return classify(
    await ask(url, { headers: { 'x-work-index': `${index}` }, watchMs } satisfies Ask),
  );
}

/** Whether the live backend passes its health check. */
export async function liveHealth(url: string, isExpected: boolean): Promise<boolean> {
  const seen = await ask(url, { path: '/health', watchMs: isExpected ? 20_000 : WAIT_MS });
  return statusOf(seen) >= 200 && statusOf(seen) < 400;
}

function classify(seen: Seen): Outcome {
  const status = statusOf(seen);
  if (seen.end === 'refused') return outcome('refused', 0);
  const late = {
    lateHead: seen.firstMs > LONG_MS,
    lateEnd: seen.lastMs - seen.firstMs > LONG_MS,
    lateClose: seen.endMs - seen.lastMs > LONG_MS,
  };
  if (seen.bytes.length === 0) {
    if (seen.end === 'open') return outcome('silent', 0);
    return { ...outcome('reset', 0), lateHead: seen.endMs > LONG_MS };
  }
  if (status === 0) return { ...outcome('garbage', 0), ...late, lateClose: false };
  if (seen.body.length === Number(field(seen, 'content-length'))) {
    return { kind: 'answered', status, ...late };
  }
  // A cut is seen when the connection ends: until then the client waits for the rest.
  const lateEnd = late.lateEnd || late.lateClose;
  const kind = seen.end === 'reset' ? 'cut by reset' : 'cut short';
  return { kind, status, lateHead: late.lateHead, lateEnd, lateClose: false };
}
