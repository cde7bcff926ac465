/**
 * The generator put to the test: four servers whose faults are known, and whether the bench tells them. What
 * is known is counted, so that a slow machine fails no case but the one that asks for its speed.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { format, type Run } from '@evenkeel/report';
import type { Generators } from '../load/generators.ts';
import type { OpenJob } from '../load/job.ts';
import { recordOf } from '../run/record.ts';
import { direct } from '../subjects/others.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const TIMEOUT_MS = 5_000;
/** Discarded: code that runs for the first time is slow. */
const WARMUP_MS = 1_000;

/** What a case came to. */
export interface CaseResult {
  readonly name: string;
  /** Whether the bench told what is known. */
  readonly told: boolean;
  /** What was known, and what was measured. */
  readonly text: string;
  /** Not told, in a way that a bench in order shows on a machine that is too busy. */
  readonly isMachine: boolean;
}

interface Load {
  readonly perSecond: number;
  readonly durationMs: number;
}

interface Case {
  readonly name: string;
  readonly load: Load;
  /** Every so many requests are dropped by the server; 0: none. */
  readonly dropEvery?: number;
  /** When the server is stopped for a second. */
  readonly freezeAtMs?: number;
  judge(run: Run, load: Load, frozenMs: number): Judged;
}

type Judged = Omit<CaseResult, 'name'>;

const FREEZE_MS = 1_000;
/** After the freeze the server has to catch up, which takes some time more. */
const FREEZE_TOLERANCE = 0.2;
const DROP_EVERY = 1_000;

/** In the order in which they run. */
export const CASES: readonly Case[] = [
  { name: 'null server', load: { perSecond: 500, durationMs: 2_000 }, judge: judgeNull },
  {
    name: 'one-second freeze',
    load: { perSecond: 300, durationMs: 3_000 },
    freezeAtMs: WARMUP_MS + 500,
    judge: judgeFreeze,
  },
  {
    name: 'overloaded generator',
    load: { perSecond: 100_000, durationMs: 500 },
    judge: judgeOverload,
  },
  {
    name: 'one in a thousand dropped',
    load: { perSecond: 1_500, durationMs: 2_000 },
    dropEvery: DROP_EVERY,
    judge: judgeDropped,
  },
];

const ATTEMPTS = 3;

/** Runs one case, and again where the machine kept it from being told. */
export async function runCase(one: Case, generator: Generators): Promise<CaseResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await runOnce(one, generator);
    const again =
      attempt === 1
        ? ''
        : `; attempt ${attempt} of ${ATTEMPTS}, before it the machine was too busy`;
    if (!result.isMachine || attempt === ATTEMPTS) return { ...result, text: result.text + again };
  }
}

/** Against a server of its own. */
async function runOnce(one: Case, generator: Generators): Promise<CaseResult> {
  const { name, load, dropEvery = 0, freezeAtMs } = one;
  const { child, origin } = await startServer(dropEvery);
  try {
    const thawed = freezeAtMs === undefined ? undefined : freeze(child, freezeAtMs);
    const job = jobOf(load, origin, name);
    const samples = await generator.run(job);
    const frozenMs = (await thawed) ?? 0;
    const raw = {
      job,
      samples,
      faults: [],
      cpuUs: null,
      rssBytes: null,
      subjectExitedEpochMs: null,
    };
    const arm = { subject: direct, strategy: 'own', label: 'own' };
    const place = { arm, round: 1, order: 1, seed: 1, commandEpochMs: 0 };
    const scenario = { name: 'self-test', load: scenarioLoad(load), objectives: {} };
    return { name, ...one.judge(recordOf(scenario, place, raw).run, load, frozenMs) };
  } finally {
    child.kill('SIGKILL');
  }
}

/** What the bench itself adds to every latency. */
function judgeNull({ requests, latencyMs, valid, void: reason }: Run): Judged {
  const isWhole = requests.ok === requests.sent && requests.sent > 0;
  const { p50, p99 } = latencyMs;
  return {
    told: isWhole && valid,
    isMachine: isWhole && !valid,
    text: `known: every request is answered at once; measured: ${format.count(requests.ok)} of ${format.count(requests.sent)} answered, p50 ${format.duration(p50)}, p99 ${format.duration(p99)}${valid ? '' : `; void: ${reason}`}`,
  };
}

/**
 * Requests that are sent in time wait for the rest of the freeze, those of its first half for more than half
 * of it. A closed loop would have seen as many as it has connections.
 */
function judgeFreeze(
  { timeline, latencyMs, requests }: Run,
  { perSecond }: Load,
  frozenMs: number,
): Judged {
  const known = Math.round((perSecond * (frozenMs - SLOW_MS)) / 1000);
  const slow = timeline.reduce((sum, window) => sum + slowOf(window.spread), 0);
  const isTooFew = slow < known * (1 - FREEZE_TOLERANCE);
  const isTooMany = slow > known * (1 + FREEZE_TOLERANCE);
  const longest = latencyMs.max ?? 0;
  const isWhole = requests.ok === requests.sent;
  const isLong = longest >= frozenMs * (1 - FREEZE_TOLERANCE);
  const told = isWhole && isLong && !isTooFew && !isTooMany;
  return {
    told,
    // No machine makes a request wait for less than the rest of the freeze; a busy one catches up later.
    isMachine: isWhole && isLong && !isTooFew && isTooMany,
    text: `known: ${format.count(known)} requests wait for more than ${format.duration(Math.round(SLOW_MS))}, the longest for ${format.duration(Math.round(frozenMs))}; measured: ${format.count(slow)}, the longest ${format.duration(Math.round(longest))}`,
  };
}

/** The cell of a window's spread that begins at 2^(38/2) µs, about half a second. */
const SLOW_CELL = 38;
const SLOW_MS = 2 ** (SLOW_CELL / 2) / 1000;

function slowOf([first = 0, ...counts]: readonly number[] = []): number {
  return counts.reduce((sum, count, i) => (first + i >= SLOW_CELL ? sum + count : sum), 0);
}

function judgeOverload({ valid, void: reason }: Run, { perSecond }: Load): Judged {
  return {
    told: !valid,
    isMachine: false,
    text: `known: ${format.rate(perSecond)} is more than one process can send; measured: ${valid ? 'called valid' : `void, ${reason}`}`,
  };
}

function judgeDropped({ requests }: Run): Judged {
  const known = Math.floor(requests.sent / DROP_EVERY);
  return {
    told: requests.lost === known && requests.ok === requests.sent - known,
    isMachine: false,
    text: `known: ${format.count(known)} of ${format.count(requests.sent)} requests are dropped; measured: ${format.count(requests.lost)} lost`,
  };
}

function scenarioLoad({ perSecond, durationMs }: Load) {
  return {
    kind: 'open',
    arrivals: { kind: 'constant' },
    ratePerSecond: perSecond,
    warmupMs: WARMUP_MS,
    durationMs,
    timeoutMs: TIMEOUT_MS,
    postShare: 0,
    bodyBytes: 0,
    keys: { count: 1, zipf: 0 },
    clientRetries: 0,
  } as const;
}

/** At equal distances, from a moment in which the connections can be made. */
function jobOf({ perSecond, durationMs }: Load, origin: string, name: string): OpenJob {
  const count = Math.round((perSecond * (WARMUP_MS + durationMs)) / 1000);
  return {
    kind: 'open',
    targets: [origin],
    atMs: Float64Array.from({ length: count }, (_, i) => (i * 1000) / perSecond),
    work: new Float64Array(count),
    post: new Uint8Array(count),
    key: Array<string>(count).fill(''),
    idPrefix: `${name.replaceAll(' ', '-')}-`,
    timeoutMs: TIMEOUT_MS,
    bodyBytes: 0,
    maxInFlight: 1_024,
  };
}

async function startServer(
  dropEvery: number,
): Promise<{ readonly child: ChildProcess; readonly origin: string }> {
  const child = fork(SERVER, [String(dropEvery)]);
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(Number(message)));
    child.once('exit', () => reject(new Error('the server of the self-test ended at once')));
  });
  return { child, origin: `http://127.0.0.1:${port}` };
}

/** Returns for how long it was stopped: on a busy machine longer than was meant. */
async function freeze(child: ChildProcess, atMs: number): Promise<number> {
  await sleep(atMs);
  child.kill('SIGSTOP');
  const stoppedMs = performance.now();
  await sleep(FREEZE_MS);
  child.kill('SIGCONT');
  return performance.now() - stoppedMs;
}
