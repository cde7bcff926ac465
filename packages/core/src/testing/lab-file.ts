/**
 * The file that `pnpm lab --replay` opens: a scenario at a moment, or a counter-example step by step. Written by
 * whatever fails and can be shown; described in docs/10-lab.md.
 */

/** Version of the format. */
export const LAB_SCHEMA = 'evenkeel.lab/1';

/** A scenario as it stands in a file, before defaults. */
export type RawScenario = Readonly<Record<string, unknown>>;

/**
 * How the balancer of one world is set up: a strategy of ours by name, the same with other settings in the
 * scenario's `lb:`, or a strategy of the user's own.
 */
export type LabWorld =
  | string
  | { readonly strategy: string; readonly label: string; readonly lb: RawScenario }
  | { readonly name: string; readonly code: string };

/** One endpoint in a step of a counter-example. */
export interface StepEndpoint {
  readonly id: string;
  readonly state: string;
  readonly inFlight: number;
}

/** One step of a counter-example. */
export interface Step {
  /** What was done: `join(a, 1)`, `request`, `settle(ok)`. */
  readonly what: string;
  readonly endpoints: readonly StepEndpoint[];
  /** Id of the endpoint that was picked in this step. */
  readonly picked?: string;
}

/** A counter-example, step by step; the law breaks at the last one. */
export interface StepFilm {
  readonly title: string;
  /** Which law broke, and how. */
  readonly law: string;
  readonly steps: readonly Step[];
}

/** Everything that a lab holds. */
export interface LabFile {
  readonly schema: typeof LAB_SCHEMA;
  readonly scenario: RawScenario;
  readonly strategies: readonly LabWorld[];
  /** The moment, in ms from the start of the load. */
  readonly atMs: number;
  /** Virtual time per time of the reader. */
  readonly speed?: number;
  /** Why it was written: a failure's message. */
  readonly note?: string;
  /** In place of a film of the scenario, which may be missing then. */
  readonly steps?: StepFilm;
}
