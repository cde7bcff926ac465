/** One arm under one scenario's faults: run, accounted for and judged. */

import { existsSync } from 'node:fs';
import {
  isTime,
  isViolation,
  judgeRun,
  type Objective,
  overall,
  type Run,
  type Status,
  wasSteadyBefore,
} from '@evenkeel/report';
import type { Scenario } from '@evenkeel/sim';
import type { Generators } from '../load/generators.ts';
import { windowsOf } from '../measure/requests.ts';
import { sentAsPlanned } from '../measure/void.ts';
import type { Display } from '../output/display.ts';
import { nameOf } from '../run/arms.ts';
import { recordOf, withAccounting } from '../run/record.ts';
import { type Arm, type RawRun, Stage } from '../run/stage.ts';
import type { RunningSubject } from '../subjects/subject.ts';
import { type BalancerEvent, type EventFollower, followEvents } from './events.ts';
import { readAccessLog, sentToKnownDead } from './known-dead.ts';

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
  readonly generator: Generators;
  readonly commandEpochMs: number;
  readonly display: Display;
  readonly realBackends?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs once; a void run that did not plainly fail is repeated once, on a fresh stage. */
export async function runChaosArm(context: ChaosContext): Promise<ChaosArm> {
  const first = await runChaosOnce(context);
  if (first.run.valid || first.status === 'fail') return first;
  context.display.line(`${nameOf(context.arm)}: void (${first.run.void}), repeated`);
  return await runChaosOnce(context);
}

/** Runs on a stage of its own, which is gone afterwards; a void run is given back as it is. */
export async function runChaosOnce(context: ChaosContext): Promise<ChaosArm> {
  const { scenario, arm, order, seed, generator, commandEpochMs } = context;
  const { realBackends, display, signal } = context;
  display.status(`${scenario.name}  ${nameOf(arm)}: starting`, 0);
  const backing = { realBackends, accessLog: true, signal };
  await using stage = await Stage.open({ scenario, arms: [arm], seed, generator, ...backing });
  const subject = stage.subjectOf(arm);
  await using follower = await follow(subject);
  const raw = await stage.run(arm, { load: scenario.load, seed, ...listeners(context) });
  const record = recordOf(scenario, { arm, round: 1, order, seed, commandEpochMs }, raw);
  const journal = await stage.journal();
  const accounted =
    journal === null ? null : withAccounting(record, journal.byRequest, stage.backendIds);
  const run = accounted?.run ?? record.run;
  const toKnownDead = knownDead(subject, follower);
  const { durationMs } = scenario.load;
  const objectives = judgeRun(run, scenario.objectives, {
    durationMs,
    countsHold: record.countsHold,
    violations: {
      servedTwice: accounted?.accounting.servedTwice.length ?? null,
      unfounded: accounted?.accounting.unfounded.length ?? null,
      toKnownDead: toKnownDead === null ? undefined : toKnownDead.length,
    },
  });
  const wasSteady = wasSteadyBefore(
    run.faults,
    scenario.objectives,
    durationMs,
    (fromMs, endedByMs) => windowsOf(record.measured, fromMs, durationMs, endedByMs),
  );
  return {
    run: { ...run, objectives, events: journalOf(raw, follower?.events ?? [], scenario) },
    ...conclude(run, objectives, wasSteady),
    suspects: {
      lost: record.measured.filter(({ outcome }) => outcome === 'lost').map(({ id }) => id),
      servedTwice: accounted?.accounting.servedTwice ?? [],
      unfounded: accounted?.accounting.unfounded ?? [],
      toKnownDead: toKnownDead ?? [],
    },
  };
}

/**
 * A count that has to be 0 and is not fails the run, whatever the calm before the fault and the
 * generator were like; so does any other objective of a count where the run began in a steady state. A
 * generator that was late leaves times unjudged, and counts as they are: the remark says which.
 */
export function conclude(
  run: Pick<Run, 'valid' | 'void' | 'generator'>,
  objectives: readonly Objective[],
  wasSteady: boolean,
): Pick<ChaosArm, 'status' | 'remark'> {
  if (objectives.some(isViolation)) return { status: 'fail', remark: null };
  if (!wasSteady) return { status: 'unknown', remark: 'no steady state before the first fault' };
  const status = overall(objectives.map(({ verdict }) => verdict));
  if (status === 'fail' || run.valid) return { status, remark: null };
  const counts = objectives.filter((one) => !isTime(one));
  const duties = overall(counts.map(({ verdict }) => verdict));
  // Counts hold however late it was: where nothing else is asked for, and all of the load was sent, they decide.
  const decide =
    counts.length === objectives.length && run.generator && sentAsPlanned(run.generator);
  if (decide) return { status, remark: `by counts alone: ${run.void}` };
  const times = counts.length === objectives.length ? '' : ' times: not judged;';
  return { status: 'unknown', remark: `duties: ${duties};${times} ${run.void}` };
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
