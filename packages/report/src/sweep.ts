/** Sweeps in results.json: response over load, with the closed forms that a simulation has to meet. */

/** The curves of one sweep. */
export interface Sweep {
  readonly title: string;
  /** Unit of the responses: the mean service time, or milliseconds. */
  readonly unit: 'service' | 'ms';
  readonly servers: number;
  /** True: measured live, not simulated. */
  readonly live?: boolean | undefined;
  readonly points: readonly SweepPoint[];
  readonly theory: readonly TheoryCurve[];
}

export interface SweepPoint {
  /** Given for a live sweep, whose subjects are kept apart. */
  readonly subject?: string | undefined;
  readonly strategy: string;
  /** Utilisation per server, 0 to 1. */
  readonly load: number;
  readonly mean: number;
  /** 95 % interval of the mean; null where the run was too short for one. */
  readonly meanInterval: readonly [low: number, high: number] | null;
  readonly p99: number | null;
  /** Share of the requests that were answered without an error; absent where it was not counted. */
  readonly answered?: number | null | undefined;
}

export interface TheoryCurve {
  /** Shown as it is, e.g. `theory: M/M/1`, `bound: M/M/5`. */
  readonly name: string;
  /** The strategy that it predicts, for the same colour; null for a bound that none has to meet. */
  readonly strategy: string | null;
  readonly points: readonly { readonly load: number; readonly mean: number }[];
}
