/** What the page asks of a worker, and what it answers. One world lives in one worker. */

import type { Step } from '@evenkeel/core/testing';
import type { Scenario } from '@evenkeel/sim/engine';
import type { FiguresJson } from './figures.ts';
import type { Frame } from './frame.ts';

/** A strategy of ours by name, or the one whose code was put into the worker. */
export type StrategyRef = { readonly name: string } | { readonly own: true };

/** The requests of the page. */
export type Ask =
  | { readonly kind: 'load'; readonly scenario: Scenario; readonly strategy: StrategyRef }
  | {
      readonly kind: 'frame';
      readonly atMs: number;
      readonly travelMs: number;
      readonly dotsMax: number;
      readonly withFigures: boolean;
    }
  | { readonly kind: 'next' }
  | {
      readonly kind: 'run';
      readonly scenario: Scenario;
      readonly strategy: StrategyRef;
      readonly seed: number;
    }
  | { readonly kind: 'laws'; readonly seeds: number };

/** A frame, now and then with figures. */
export interface FrameAnswer {
  readonly frame: Frame;
  readonly figures: FiguresJson | undefined;
}

/** The figures of one invisible run. */
export interface RunFigures {
  readonly seed: number;
  readonly traceHash: string;
  readonly meanMs: number | null;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  /** Share of requests without an ok answer. */
  readonly failed: number;
  readonly amplification: number;
  /** Jain's index of attempts over backends. */
  readonly jain: number;
  /** Requests in a backend's queue, in the mean. */
  readonly meanQueue: number;
}

/** One law of core's, and what became of it. */
export interface LawResult {
  readonly name: string;
  /** Undefined: it holds for all seeds. */
  readonly broken:
    | { readonly seed: number; readonly message: string; readonly steps: readonly Step[] }
    | undefined;
}

/** The answer to each kind of request. */
export interface Answers {
  readonly load: undefined;
  readonly frame: FrameAnswer;
  readonly next: number;
  readonly run: RunFigures;
  readonly laws: readonly LawResult[];
}

/** Sent by the page: a request with its number. */
export interface Numbered {
  readonly id: number;
  readonly ask: Ask;
}

/** The global function by which a worker comes to the user's own code. */
export const OWN = '__own';

/** The number, of no request, under which a worker says that it has started and runs the user's own code now. */
export const STARTED_ID = 0;

/** Sent by a worker. `alive` says only that a long piece of work goes on. */
export type Reply =
  | { readonly id: number; readonly kind: 'alive' }
  | { readonly id: number; readonly kind: 'done'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };
