/** A law over many short histories, and the smallest one that breaks it. */

import type { StrategyFactory } from '@evenkeel/core';
import type { Step } from '@evenkeel/core/testing';
import fc from 'fast-check';
import { SubjectError } from '../sandbox/subject.ts';
import type { Check, CheckContext } from './check.ts';
import { CheckFailed } from './failure.ts';
import { type Plan, type PlanShape, plans, play, type Referee } from './plan.ts';
import type { Trace } from './trace.ts';

const RUNS = 60;
const SHRINKS_MAX = 400;

/** A law that a referee judges. */
export interface FleetLaw {
  readonly id: string;
  readonly law: string;
  readonly shape: PlanShape;
  /** Plans that are always tried, before those drawn. */
  readonly examples?: readonly Plan[];
  readonly referee: (context: CheckContext) => Referee;
  readonly runs?: number;
}

interface Broken {
  readonly found: string;
  readonly trace: Trace | undefined;
  readonly gone?: SubjectError;
}

/** A failing check remembers how to get there again. */
export class Replayable extends CheckFailed {
  readonly path: string;

  constructor(
    expected: string,
    found: string,
    path: string,
    trace: readonly string[],
    steps?: readonly Step[],
  ) {
    super(expected, found, trace, steps);
    this.path = path;
  }
}

/** Plays one plan; undefined if the law held. */
function attempt(
  factory: StrategyFactory,
  plan: Plan,
  context: CheckContext,
  law: FleetLaw,
): Broken | undefined {
  let trace: Trace | undefined;
  try {
    const played = play(factory, plan, context.seed, law.referee(context), (thrown) => {
      trace = thrown;
    });
    if (played.wrong !== undefined) return { found: played.wrong, trace: played.trace };
    context.remote.finish();
    return undefined;
  } catch (error) {
    if (!(error instanceof SubjectError)) throw error;
    const broken = { found: error.message, trace };
    return error.kind === 'fault' ? broken : { ...broken, gone: error };
  } finally {
    context.remote.discard();
  }
}

function run(law: FleetLaw, context: CheckContext): undefined {
  let broken: Broken | undefined;
  let shrinks = 0;
  const holds = (plan: Plan): boolean => {
    // A process that is gone cannot help to make the history smaller, and one in a loop takes its time.
    if (broken?.gone !== undefined || shrinks > SHRINKS_MAX) return true;
    if (broken !== undefined) shrinks++;
    const found = attempt(context.remote.strategy, plan, context, law);
    if (found !== undefined) broken = found;
    return found === undefined;
  };
  const { path, seed } = context;
  const details = fc.check(fc.property(plans(law.shape), holds), {
    seed,
    numRuns: law.runs ?? RUNS,
    ...(path !== undefined && { path }),
    ...(law.examples && { examples: law.examples.map((plan): [Plan] => [plan]) }),
  });
  if (broken === undefined) return undefined;
  if (broken.gone !== undefined) throw broken.gone;
  const { found, trace } = broken;
  const leads = details.counterexamplePath ?? '';
  throw new Replayable(law.law, found, leads, trace?.lines() ?? [], trace?.steps());
}

/** A check that plays short histories of a fleet. */
export function fleetCheck(law: FleetLaw): Check {
  return { id: law.id, law: law.law, run: (context) => run(law, context) };
}
