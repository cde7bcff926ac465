/**
 * A scenario's stage: its fleet, and every arm's subject as a running process before it. Arms live
 * for the whole scenario and are loaded in turn, so that none is measured while it starts.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readJournal } from '@evenkeel/backends';
import { resolveActions, resolveFaults, type Scenario } from '@evenkeel/sim';
import type { Generators } from '../load/generators.ts';
import type { Job, Progress, Samples } from '../load/job.ts';
import { planJob } from '../load/plan.ts';
import { SubjectError } from '../subjects/process.ts';
import type { RunningSubject, Subject } from '../subjects/subject.ts';
import { type ResourceUse, resourceUse } from '../subjects/usage.ts';
import { applyActions } from './actions.ts';
import { type Backing, NOTHING, startBacking } from './backing.ts';
import { type AppliedFault, applyFaults, type FaultListener } from './faults.ts';
import { makeScratch, removeScratch } from './scratch.ts';

/** One column of a comparison: a subject balancing by a strategy. */
export interface Arm {
  readonly subject: Subject;
  readonly strategy: string;
  /** As results.json names the strategy: `#2` marks a repeated arm (A/A). */
  readonly label: string;
}

/** Everything that one run left behind, before anything is computed from it. */
export interface RawRun {
  readonly job: Job;
  readonly samples: Samples;
  readonly faults: readonly AppliedFault[];
  /** Of the subject, from before to after the run; null where it cannot be known. */
  readonly cpuUs: number | null;
  readonly rssBytes: number | null;
  readonly subjectExitedEpochMs: number | null;
}

export interface StageOptions {
  readonly scenario: Scenario;
  readonly arms: readonly Arm[];
  readonly seed: number;
  readonly generator: Generators;
  /** Real backends in place of the fleet: then there are no faults and no journals. */
  readonly realBackends?: readonly string[] | undefined;
  /** Null backends in place of the fleet: likewise, and nothing takes time there. */
  readonly isFleetNull?: boolean;
  /** See `Assignment`; default false. */
  readonly accessLog?: boolean;
  /** Ends what is running with an `InterruptedError`. */
  readonly signal?: AbortSignal | undefined;
}

/** An arm that cannot be loaded, or not any more. */
export interface Absence {
  readonly arm: Arm;
  /** One line: its own last words, or when it ended. */
  readonly reason: string;
}

/** What varies from run to run. */
export interface RunOptions {
  readonly load: Scenario['load'];
  readonly seed: number;
  readonly onProgress?: (progress: Progress) => void;
  /** Hears of the scenario's faults; without a listener they are left out. */
  readonly onFault?: FaultListener;
}

export class Stage implements AsyncDisposable {
  readonly #options: StageOptions;
  readonly #dir: string;
  readonly #backing: Backing;
  readonly #notStarted = new Map<Arm, string>();
  readonly #running = new Map<Arm, RunningSubject>();
  #runs = 0;

  private constructor(options: StageOptions, dir: string, backing: Backing) {
    this.#options = options;
    this.#dir = dir;
    this.#backing = backing;
  }

  /**
   * Starts the backends and all arms. An arm that does not start is absent; where none does, this
   * throws with their reasons and leaves nothing behind.
   */
  static async open(options: StageOptions): Promise<Stage> {
    const dir = makeScratch();
    let stage = new Stage(options, dir, NOTHING);
    try {
      stage = new Stage(options, dir, await startBacking(options, join(dir, 'journal')));
      await stage.#startArms();
      return stage;
    } catch (error) {
      await stage[Symbol.asyncDispose]();
      throw error;
    }
  }

  get arms(): readonly Arm[] {
    return this.#options.arms;
  }

  get backendIds(): readonly string[] {
    return this.#backing.fleet?.ids ?? [];
  }

  /** The running subject of a present arm. */
  subjectOf(arm: Arm): RunningSubject {
    const running = this.#running.get(arm);
    if (running === undefined) throw new Error(`${arm.label} is not on this stage`);
    return running;
  }

  /** Arms that did not start, and those that have ended of themselves since. */
  get absences(): readonly Absence[] {
    return this.arms.flatMap((arm) => {
      const reason = this.#absenceOf(arm);
      return reason === null ? [] : [{ arm, reason }];
    });
  }

  /** The arms that can be loaded. */
  get presentArms(): readonly Arm[] {
    return this.arms.filter((arm) => this.isPresent(arm));
  }

  /** Whether an arm can be loaded. */
  isPresent(arm: Arm): boolean {
    return this.#absenceOf(arm) === null;
  }

  #absenceOf(arm: Arm): string | null {
    const running = this.#running.get(arm);
    if (running === undefined) return this.#notStarted.get(arm) ?? null;
    return running.exitedEpochMs() === null ? null : `${arm.subject.name} ended by itself`;
  }

  async #startArms(): Promise<void> {
    const { arms, scenario, accessLog = false } = this.#options;
    const { lb } = scenario;
    const { targets } = this.#backing;
    for (const [i, arm] of arms.entries()) {
      const dir = join(this.#dir, `arm-${i}`);
      await mkdir(dir);
      const { strategy, subject } = arm;
      try {
        this.#running.set(arm, await subject.start({ targets, strategy, lb, dir, accessLog }));
      } catch (error) {
        if (!(error instanceof SubjectError)) throw error;
        this.#notStarted.set(arm, error.message);
      }
    }
    if (this.#running.size === 0) throw new SubjectError([...this.#notStarted.values()].join('; '));
  }

  /**
   * Moves a strategy that goes round on by `count` requests, which are not measured: rounds would else
   * begin where the last one of the arm ended, and all arms that saw as many requests in the same place.
   */
  async advance(arm: Arm, count: number): Promise<void> {
    if (count === 0) return;
    const { origins } = this.subjectOf(arm);
    const idPrefix = `advance-${process.pid}-${++this.#runs}-`;
    await this.#options.generator.run(
      {
        kind: 'open',
        targets: origins,
        atMs: new Float64Array(count),
        work: new Float64Array(count),
        post: new Uint8Array(count),
        key: Array<string>(count).fill(''),
        idPrefix,
        timeoutMs: this.#options.scenario.load.timeoutMs,
        bodyBytes: 0,
        maxInFlight: count,
      },
      undefined,
      this.#options.signal,
    );
  }

  /** Loads one arm. */
  async run(arm: Arm, { load, seed, onProgress, onFault }: RunOptions): Promise<RawRun> {
    const { scenario, generator, signal } = this.#options;
    const subject = this.subjectOf(arm);
    const part = { ...scenario, load };
    const idPrefix = `${scenario.name}-${process.pid}-${++this.#runs}-`;
    const job = planJob(part, { seed, targets: subject.origins, idPrefix });
    const actions = onFault === undefined ? [] : resolveActions(part, seed);
    const before = this.#use(subject);
    const stop = new AbortController();
    const { adminUrl } = subject;
    const acting = adminUrl === null ? undefined : applyActions(adminUrl, actions, stop.signal);
    acting?.catch(() => stop.abort());
    const faults = this.#faults(part, seed, onFault, stop.signal);
    try {
      const samples = await generator.run(job, onProgress, signal);
      const after = this.#use(subject);
      return {
        job,
        samples,
        faults: await faults,
        cpuUs: before === null || after === null ? null : after.cpuUs - before.cpuUs,
        rssBytes: after?.rssBytes ?? null,
        subjectExitedEpochMs: subject.exitedEpochMs(),
      };
    } finally {
      stop.abort();
      await acting?.catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'AbortError')) throw error;
      });
      await faults.catch(() => {}); // Its failure is reported above, unless the generator's came first.
      if (scenario.faults.length > 0) await this.#backing.fleet?.reset();
    }
  }

  #faults(
    part: Scenario,
    seed: number,
    onFault: FaultListener | undefined,
    signal: AbortSignal,
  ): Promise<AppliedFault[]> {
    const { fleet } = this.#backing;
    if (fleet === null || onFault === undefined) return Promise.resolve([]);
    return applyFaults(fleet, resolveFaults(part, seed), onFault, signal);
  }

  #use(subject: RunningSubject): ResourceUse | null {
    return subject.pid === null ? null : resourceUse(subject.pid);
  }

  /** What the backends wrote down; null where they are not ours. */
  async journal(): Promise<Awaited<ReturnType<typeof readJournal>> | null> {
    const { fleet } = this.#backing;
    return fleet === null ? null : await readJournal(join(this.#dir, 'journal'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((subject) => subject.stop()));
    await this.#backing.stop();
    removeScratch(this.#dir);
  }
}
