/**
 * A scenario's stage: its fleet, and every arm's subject as a running process before it. Arms live
 * for the whole scenario and are loaded in turn, so that none is measured while it starts.
 */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fleet, readJournal, startFleet } from '@evenkeel/backends';
import { expandFleet, resolveActions, resolveFaults, type Scenario } from '@evenkeel/sim';
import type { Generator } from '../load/generator.ts';
import type { Job, Progress, Samples } from '../load/job.ts';
import { planJob } from '../load/plan.ts';
import type { RunningSubject, Subject, Target } from '../subjects/subject.ts';
import { type ResourceUse, resourceUse } from '../subjects/usage.ts';
import { applyActions, checkActions } from './actions.ts';
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
  readonly generator: Generator;
  /** Real backends in place of the fleet: then there are no faults and no journals. */
  readonly realBackends?: readonly string[] | undefined;
  /** See `Assignment`; default false. */
  readonly accessLog?: boolean;
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
  readonly #fleet: Fleet | null;
  readonly #running = new Map<Arm, RunningSubject>();
  #runs = 0;

  private constructor(options: StageOptions, dir: string, fleet: Fleet | null) {
    this.#options = options;
    this.#dir = dir;
    this.#fleet = fleet;
  }

  /** Starts the fleet and all arms. Leaves nothing behind when one of them does not start. */
  static async open(options: StageOptions): Promise<Stage> {
    const { scenario, seed, realBackends } = options;
    const dir = makeScratch();
    const backends = expandFleet(scenario);
    let stage = new Stage(options, dir, null);
    try {
      if (realBackends === undefined) {
        const fleet = await startFleet({ backends, seed, logDir: join(dir, 'journal') });
        stage = new Stage(options, dir, fleet);
      }
      const weights = new Map(backends.map(({ id, weight }) => [id, weight]));
      await stage.#startArms(weights);
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
    return this.#fleet?.ids ?? [];
  }

  /** The running subject of an arm. */
  subjectOf(arm: Arm): RunningSubject {
    const running = this.#running.get(arm);
    if (running === undefined) throw new Error(`${arm.label} is not on this stage`);
    return running;
  }

  async #startArms(weights: ReadonlyMap<string, number>): Promise<void> {
    const { arms, scenario, accessLog = false } = this.#options;
    const { lb } = scenario;
    const targets = this.#targets(weights);
    for (const [i, arm] of arms.entries()) {
      const dir = join(this.#dir, `arm-${i}`);
      await mkdir(dir);
      const { strategy, subject } = arm;
      this.#running.set(arm, await subject.start({ targets, strategy, lb, dir, accessLog }));
    }
  }

  #targets(weights: ReadonlyMap<string, number>): Target[] {
    const { realBackends } = this.#options;
    if (realBackends !== undefined) {
      return realBackends.map((url, i) => ({ id: `b${i + 1}`, url, weight: 1 }));
    }
    const fleet = this.#fleet;
    if (fleet === null) return [];
    return fleet.ids.map((id, i) => ({
      id,
      url: fleet.urls[i] ?? '',
      weight: weights.get(id) ?? 1,
    }));
  }

  /** Loads one arm. */
  async run(arm: Arm, { load, seed, onProgress, onFault }: RunOptions): Promise<RawRun> {
    const { scenario, generator } = this.#options;
    const subject = this.subjectOf(arm);
    const part = { ...scenario, load };
    const idPrefix = `${scenario.name}-${process.pid}-${++this.#runs}-`;
    const job = planJob(part, { seed, targets: subject.origins, idPrefix });
    const actions = onFault === undefined ? [] : resolveActions(part, seed);
    checkActions(scenario.name, actions, subject);
    const before = this.#use(subject);
    const stop = new AbortController();
    const { adminUrl } = subject;
    const acting = adminUrl === null ? undefined : applyActions(adminUrl, actions, stop.signal);
    acting?.catch(() => stop.abort());
    const faults = this.#faults(part, seed, onFault, stop.signal);
    try {
      const samples = await generator.run(job, onProgress);
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
      if (scenario.faults.length > 0) await this.#fleet?.reset();
    }
  }

  #faults(
    part: Scenario,
    seed: number,
    onFault: FaultListener | undefined,
    signal: AbortSignal,
  ): Promise<AppliedFault[]> {
    if (this.#fleet === null || onFault === undefined) return Promise.resolve([]);
    return applyFaults(this.#fleet, resolveFaults(part, seed), onFault, signal);
  }

  #use(subject: RunningSubject): ResourceUse | null {
    return subject.pid === null ? null : resourceUse(subject.pid);
  }

  /** What the backends wrote down; null where they are not ours. */
  async journal(): Promise<Awaited<ReturnType<typeof readJournal>> | null> {
    return this.#fleet === null ? null : await readJournal(join(this.#dir, 'journal'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running.values()].map((subject) => subject.stop()));
    await this.#fleet?.stop();
    removeScratch(this.#dir);
  }
}
