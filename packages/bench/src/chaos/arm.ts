/** One arm under one scenario's faults: run, accounted for and judged. */

import { existsSync } from 'node:fs';
import type { Objective, Run, Status } from '@evenkeel/report';
import type { Scenario } from '@evenkeel/sim';
import type { Generator } from '../load/generator.ts';
import type { Display } from '../output/display.ts';
import { nameOf } from '../run/arms.ts';
import { recordOf, withAccounting } from '../run/record.ts';
import { type Arm, type RawRun, Stage } from '../run/stage.ts';
import type { RunningSubject } from '../subjects/subject.ts';
import { type BalancerEvent, type EventFollower, followEvents } from './events.ts';
import { readAccessLog, sentToKnownDead } from './known-dead.ts';
import { judgeRun, overall, steadyBefore } from './objectives.ts';

/** A line of the journal in results.json. */
export interface JournalEntry {
  /** From the end of the warm-up. */
  readonly tMs: number;
  /** `fault` for ours, `balancer` for what evenkeel says of its own. */
  readonly source: 'fault' | 'balancer';
  readonly text: string;
}

/** A run with the journal of what happened in it. */
export interface ChaosRun extends Run {
  readonly events: readonly JournalEntry[];
}

export interface ChaosArm {
  readonly run: ChaosRun;
  readonly status: Status;
  /** Why the status is what it is, where the objectives do not say it. */
  readonly remark: string | null;
  /** Ids of requests that were lost, doubled, answered from nowhere or sent to the known dead. */
  readonly suspects: Readonly<Record<string, readonly string[]>>;
}

export interface ChaosContext {
  readonly scenario: Scenario;
  readonly arm: Arm;
  /** Place among the arms, from 1. */
  readonly order: number;
  readonly seed: number;
  readonly generator: Generator;
  readonly commandEpochMs: number;
  readonly display: Display;
  readonly realBackends?: readonly string[] | undefined;
}

/** Runs once; a void run is repeated once, on a fresh stage. */
export async function runChaosArm(context: ChaosContext): Promise<ChaosArm> {
  const first = await runChaosOnce(context);
  if (first.run.valid) return first;
  context.display.line(`${nameOf(context.arm)}: void (${first.run.void}), repeated`);
  return await runChaosOnce(context);
}

/** Runs on a stage of its own, which is gone afterwards; a void run is given back as it is. */
export async function runChaosOnce(context: ChaosContext): Promise<ChaosArm> {
  const { scenario, arm, order, seed, generator, commandEpochMs } = context;
  const { realBackends, display } = context;
  display.status(`${scenario.name}  ${nameOf(arm)}: starting`, 0);
  const stageOptions = { scenario, arms: [arm], seed, generator, realBackends, accessLog: true };
  await using stage = await Stage.open(stageOptions);
  const subject = stage.subjectOf(arm);
  await using follower = await follow(subject);
  const raw = await stage.run(arm, { load: scenario.load, seed, ...listeners(context) });
  const record = recordOf(scenario, { arm, round: 1, order, seed, commandEpochMs }, raw);
  const journal = await stage.journal();
  const accounted =
    journal === null ? null : withAccounting(record, journal.byRequest, stage.backendIds);
  const run = accounted?.run ?? record.run;
  const toKnownDead = knownDead(subject, follower);
  const duties = {
    accounting: accounted?.accounting ?? null,
    toKnownDead: toKnownDead?.length ?? null,
  };
  const objectives = judgeRun(run, scenario, duties);
  return {
    run: { ...run, objectives, events: journalOf(raw, follower?.events ?? [], scenario) },
    ...conclude(run, objectives, steadyBefore(record.outcomes, run, scenario)),
    suspects: {
      lost: record.outcomes.filter(({ fate }) => fate === 'lost').map(({ id }) => id),
      servedTwice: accounted?.accounting.servedTwice ?? [],
      unfounded: accounted?.accounting.unfounded ?? [],
      toKnownDead: toKnownDead ?? [],
    },
  };
}

function conclude(
  run: Run,
  objectives: readonly Objective[],
  steady: boolean,
): Pick<ChaosArm, 'status' | 'remark'> {
  if (!run.valid) return { status: 'unknown', remark: `void: ${run.void}` };
  if (!steady) return { status: 'unknown', remark: 'no steady state before the first fault' };
  return { status: overall(objectives.map(({ verdict }) => verdict)), remark: null };
}

async function follow({ adminUrl }: RunningSubject): Promise<EventFollower | null> {
  return adminUrl === null ? null : await followEvents(adminUrl);
}

function knownDead(subject: RunningSubject, follower: EventFollower | null): string[] | null {
  const file = subject.accessLogFile;
  if (file === null || follower === null || !existsSync(file)) return null;
  return sentToKnownDead(readAccessLog(file), follower.events);
}

/** Draws the fault time line while it happens. */
function listeners({
  scenario,
  arm,
  display,
}: ChaosContext): Pick<Parameters<Stage['run']>[1], 'onProgress' | 'onFault'> {
  const { warmupMs, durationMs } = scenario.load;
  const standing = new Map<string, string>();
  return {
    onProgress: ({ elapsedMs, sent, ended, ok }) => {
      const seconds = ((elapsedMs - warmupMs) / 1000).toFixed(1);
      const faults = [...standing.values()].join(' ') || 'steady';
      const counts = `sent ${sent}  ok ${ok}  failed ${ended - ok}  open ${sent - ended}`;
      const text = `${nameOf(arm)}  ${seconds} s  ${counts}  [${faults}]`;
      display.status(text, elapsedMs / (warmupMs + durationMs));
    },
    onFault: (kind, target, what) => {
      if (what === 'begins') standing.set(`${kind} ${target}`, `${kind} ${target}`);
      else standing.delete(`${kind} ${target}`);
      display.line(`  ${what === 'begins' ? '▶' : '■'} ${kind} of ${target} ${what}`);
    },
  };
}

function journalOf(
  { faults, samples }: RawRun,
  events: readonly BalancerEvent[],
  { load }: Scenario,
): JournalEntry[] {
  const zeroEpochMs = samples.startedEpochMs + load.warmupMs;
  const entries: JournalEntry[] = events.map(({ epochMs, endpoint, type, from, to, reason }) => {
    const what = to === undefined ? type : `${from ?? ''} → ${to}`;
    return {
      tMs: epochMs - zeroEpochMs,
      source: 'balancer',
      text: `${endpoint ?? ''} ${what}: ${reason}`.trim(),
    };
  });
  for (const { kind, target, startEpochMs, endEpochMs } of faults) {
    const text = `${kind} of ${target}`;
    entries.push({ tMs: startEpochMs - zeroEpochMs, source: 'fault', text: `${text} begins` });
    if (endEpochMs === null) continue;
    entries.push({ tMs: endEpochMs - zeroEpochMs, source: 'fault', text: `${text} ends` });
  }
  return entries.sort((a, b) => a.tMs - b.tMs);
}
