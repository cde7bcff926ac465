/**
 * A subject is whatever balances: Evenkeel, another product, a student's program, or nothing at all
 * (`direct`). The bench knows it only as an address and a process, so that all are treated alike.
 */

import type { Scenario } from '@evenkeel/sim';

/** A backend that a subject shall balance over. */
export interface Target {
  readonly id: string;
  /** `http://host:port` */
  readonly url: string;
  readonly weight: number;
}

/** What a subject is given when it starts. */
export interface Assignment {
  readonly targets: readonly Target[];
  /** A name from Evenkeel's registry; adapters translate it into their product's word. */
  readonly strategy: string;
  /** The scenario's `lb` settings, in Evenkeel's own keys. */
  readonly lb: Scenario['lb'];
  /** An empty folder of its own; removed after `stop`. */
  readonly dir: string;
  /** Asks for a log of every request, which costs some speed; evenkeel alone heeds it. */
  readonly accessLog: boolean;
}

/** The strategy of a subject that takes no instructions. */
export const OWN_STRATEGY = 'own';

/** A subject that takes requests. */
export interface RunningSubject {
  /** Where to send: one origin, or the backends themselves for `direct`. */
  readonly origins: readonly string[];
  /** The root of its process tree; null when it is not ours to watch. */
  readonly pid: number | null;
  /** Evenkeel's admin API; null for all others. */
  readonly adminUrl: string | null;
  /** Evenkeel's access log, if asked for; null for all others. */
  readonly accessLogFile: string | null;
  /** Wall clock (ms) at which its process ended of itself; null while it runs or is not ours. */
  exitedEpochMs(): number | null;
  stop(): Promise<void>;
}

export interface Subject {
  /** It runs already, over backends of its own: what happens there is not known. */
  readonly isElsewhere: boolean;
  /** An operator's `drain` and `ready` reach it. */
  readonly takesActions: boolean;
  /**
   * Whether it follows a setting of a scenario's `lb`, such as `health.intervalMs`. All others are named
   * before a run starts, and it does there as it is made.
   */
  takes(setting: string, value: unknown): boolean;
  /** As in results.json; unique among the subjects of a run. */
  readonly name: string;
  /** Why it cannot run here, or null: a line for the user. */
  unavailable(): string | null;
  /**
   * Which of the strategies asked for it can balance by, in that order; `[OWN_STRATEGY]` of one that
   * does as it does, whatever is asked.
   */
  strategies(asked: readonly string[]): readonly string[];
  /** Resolves once it accepts connections; throws with its own last words when it does not. */
  start(assignment: Assignment): Promise<RunningSubject>;
}
