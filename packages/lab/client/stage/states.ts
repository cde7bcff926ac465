/**
 * How a backend looks: its border is what the balancer thinks of it, its filling what is true. Where the two
 * differ there is something to learn.
 */

import type { BackendFrame } from '../../src/engine/frame.ts';

/** Colours are names of the style sheet. */
export interface LookOf {
  readonly key: string;
  readonly border: string;
  readonly fill: string;
  readonly fillAlpha: number;
  readonly isDashed: boolean;
  /** The process is gone. */
  readonly isBroken: boolean;
  /** What the balancer thinks. */
  readonly state: string;
  /** What is true; empty if all is well. */
  readonly truth: string;
}

const BORDERS: Readonly<Record<string, string>> = {
  ready: 'pass',
  warming: 'unknown',
  checking: 'unknown',
  ejected: 'unknown',
  mixed: 'unknown',
  down: 'fail',
  drain: 'accent',
  maintenance: 'muted',
};

/** Faults in a few letters. */
const TRUTHS: Readonly<Record<string, string>> = {
  kill: 'killed',
  freeze: 'frozen',
  restart: 'restarts',
  latency: 'slow',
  leak: 'leaks',
  healthLie: 'lies',
  fastError: 'errors',
  error: 'errors',
  failFirst: 'errors',
  blackhole: 'silent',
  refuse: 'refuses',
  reset: 'resets',
  truncate: 'cuts off',
  garbage: 'garbage',
  bandwidth: 'trickles',
  slowClose: 'closes late',
};

/** The look of one backend. */
export function lookOf({ state, faults }: BackendFrame): LookOf {
  const truths = [...new Set(faults.map((kind) => TRUTHS[kind] ?? kind))];
  const isBroken = faults.includes('kill') || faults.includes('restart');
  const fill = isBroken ? 'fail' : faults.includes('freeze') ? 'accent' : 'old';
  return {
    key: `${state} ${truths.join(' ')}`,
    border: BORDERS[state] ?? 'muted',
    fill: faults.length > 0 ? fill : 'surface',
    fillAlpha: faults.length > 0 ? 0.16 : 1,
    isDashed: state !== 'ready' && state !== 'warming',
    isBroken,
    state,
    truth: truths.join(', '),
  };
}
