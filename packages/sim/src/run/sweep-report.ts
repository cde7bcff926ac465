/** A sweep in the form of results.json: points with their intervals, and the curves of theory. */

import type { Sweep, TheoryCurve } from '@evenkeel/report';
import { mmcMean } from '../theory/formulas.ts';
import { theoryOf } from '../theory/theory-of.ts';
import type { SweepFile } from './sweep.ts';

function theoryCurves({ plan }: SweepFile): TheoryCurve[] {
  const { model, loads, strategies } = plan;
  if (model === undefined) return [];
  const stable = loads.filter((load) => load < 1);
  const curves = strategies.flatMap((strategy): TheoryCurve[] => {
    const points = stable.flatMap((load) => {
      const mean = theoryOf({ ...model, load }, strategy)?.mean;
      return mean === undefined ? [] : [{ load, mean }];
    });
    const [load] = stable;
    const name = load === undefined ? undefined : theoryOf({ ...model, load }, strategy)?.name;
    return name === undefined ? [] : [{ name: `theory: ${name}`, strategy, points }];
  });
  const { servers, concurrency = 1, service } = model;
  if (service.distribution !== 'exponential') return curves;
  const slots = servers * concurrency;
  const bound = stable.map((load) => ({ load, mean: mmcMean(slots, load) }));
  return [...curves, { name: `bound: M/M/${slots}, one queue`, strategy: null, points: bound }];
}

/** What the report draws of a whole sweep. */
export function sweepForReport(sweep: SweepFile): Sweep {
  const { model, scenario } = sweep.plan;
  const points = sweep.points.flatMap(({ result }) => {
    const { strategy, load, response } = result;
    const { mean, meanInterval, p99 } = response;
    const answered = result.requests === 0 ? null : result.ok / result.requests;
    if (load === null || mean === null) return [];
    return [{ strategy, load, mean, meanInterval, p99, answered }];
  });
  return {
    title: model
      ? `${model.servers} servers, ${model.service.distribution} service`
      : (scenario?.title ?? ''),
    unit: model ? 'service' : 'ms',
    servers: sweep.points[0]?.result.servers ?? 0,
    points,
    theory: theoryCurves(sweep),
  };
}
