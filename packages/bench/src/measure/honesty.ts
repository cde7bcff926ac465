/** How exactly the generator kept to its plan: as a whole, and each of its processes where there are several. */

import type { Generator, GeneratorFigures, GeneratorProcess } from '@evenkeel/report';
import { generatorName } from '../load/generators.ts';
import { intendedMs, type Job, type PlanPart, type ProcessUse, type Samples } from '../load/job.ts';
import { nearestRank } from './latency.ts';

/** The measured part of a load, which follows the warm-up. */
interface Span {
  readonly warmupMs: number;
  readonly durationMs: number;
}

/** Of the requests meant for after the warm-up; event loop and processor are those of the worst process. */
export function honestyOf(job: Job, samples: Samples, span: Span): Generator {
  const { processes } = samples;
  const worst = {
    loopLagP99Ms: Math.max(0, ...processes.map(({ loopLagP99Ms }) => loopLagP99Ms)),
    cpu: Math.max(0, ...processes.map(({ cpu }) => cpu)),
  };
  const { sent: _, ...whole } = figuresOf(job, samples, span, { first: 0, step: 1 }, worst);
  if (processes.length < 2) return whole;
  const step = processes.length;
  return {
    ...whole,
    processes: processes.map((use, first) => figuresOf(job, samples, span, { first, step }, use)),
  };
}

function figuresOf(
  job: Job,
  samples: Samples,
  { warmupMs, durationMs }: Span,
  { first, step }: PlanPart,
  { loopLagP99Ms, cpu }: ProcessUse,
): GeneratorProcess {
  const latenessMs: number[] = [];
  let lastSentMs = 0;
  intendedMs(job, samples).forEach((atMs, i) => {
    if (i % step !== first || atMs < warmupMs) return;
    const sentMs = samples.sentMs[i] ?? atMs;
    latenessMs.push(Math.max(0, sentMs - atMs));
    lastSentMs = Math.max(lastSentMs, sentMs - warmupMs);
  });
  const sent = latenessMs.length;
  const perSecond = (count: number, ms: number): number => (count * 1000) / ms;
  const use = { loopLagP99Ms, cpu };
  if (job.kind === 'closed') {
    const achievedRate = perSecond(sent, durationMs);
    return { sent, plannedRate: null, achievedRate, latenessP99Ms: null, ...use };
  }
  const planned = job.atMs.filter((atMs, i) => i % step === first && atMs >= warmupMs).length;
  return {
    sent,
    plannedRate: perSecond(planned, durationMs),
    // Sent in the time that the sending took, should it have taken longer than planned.
    achievedRate: perSecond(sent, Math.max(durationMs, lastSentMs)),
    latenessP99Ms:
      sent === 0
        ? 0
        : nearestRank(
            latenessMs.sort((a, b) => a - b),
            0.99,
          ),
    ...use,
  };
}

/** The generator as a whole and, before it, each of its processes with the name that messages give it. */
export function namedFigures(generator: Generator): (readonly [string, GeneratorFigures])[] {
  const { processes = [] } = generator;
  return [
    ...processes.map((one, i) => [generatorName(i, processes.length), one] as const),
    [generatorName(0, 1), generator],
  ];
}
