/** Which settings of a world have a slider or a list, and what each writes into the scenario. */

import { resolvePolicies } from '@evenkeel/config';
import { distributionOf, type FleetEntry, type Load, type Scenario } from '@evenkeel/sim/engine';

type Path = readonly (string | number)[];

/** A number that a slider changes. */
export interface Slider {
  readonly label: string;
  readonly path: Path;
  readonly range: readonly [min: number, max: number, step: number];
  readonly unit: string;
  readonly value: number;
  /** What is written at the path. */
  readonly write: (value: number) => unknown;
}

/** Some values, one of which is chosen. */
export interface Choice {
  readonly label: string;
  readonly path: Path;
  readonly options: readonly string[];
  readonly value: string;
  readonly write: (value: string) => unknown;
}

function slider(
  label: string,
  path: Path,
  value: number,
  range: Slider['range'],
  unit = '',
  write: Slider['write'] = (to) => to,
): Slider {
  return { label, path, value, range, unit, write };
}

const SERVICES: Readonly<Record<string, (meanMs: number) => unknown>> = {
  constant: (meanMs) => ({ distribution: 'constant', meanMs }),
  exponential: (meanMs) => ({ distribution: 'exponential', meanMs }),
  lognormal: (meanMs) => ({ distribution: 'lognormal', meanMs, sigma: 1 }),
  pareto: (meanMs) => ({ distribution: 'pareto', meanMs, shape: 1.6 }),
  hyperexponential: (meanMs) => ({ distribution: 'hyperexponential', meanMs, cv: 3 }),
};

/** The settings of one entry of the fleet. */
export function fleetSettings(entry: FleetEntry, i: number): (Slider | Choice)[] {
  const { count, concurrency, queue, weight, service } = entry;
  const { mean } = distributionOf(service);
  const { distribution } = service;
  const at = (key: string): Path => ['fleet', i, key];
  const make = SERVICES[distribution] ?? SERVICES.exponential;
  const names = Object.keys(SERVICES);
  return [
    slider('Backends', at('count'), count, [1, 40, 1]),
    slider('Concurrency', at('concurrency'), concurrency, [1, 40, 1]),
    slider('Queue', at('queue'), queue, [0, 1000, 1]),
    slider('Weight', at('weight'), weight, [1, 10, 1]),
    slider('Mean service time', at('service'), mean, [1, 500, 1], ' ms', (to) => make?.(to)),
    {
      label: 'Service times',
      path: at('service'),
      options: names.includes(distribution) ? names : [distribution, ...names],
      value: distribution,
      write: (name: string) => SERVICES[name]?.(mean) ?? service,
    },
  ];
}

/** What sets the load: a rate, a share of the capacity, or a number of clients. */
function pressure(load: Load): Slider {
  if (load.kind === 'closed') {
    return slider('Clients', ['load', 'connections'], load.connections, [1, 500, 1]);
  }
  const { ratePerSecond: rate, fraction = 0 } = load;
  const label = 'Initial load';
  if (rate === undefined) {
    return slider(label, ['load', 'fraction'], fraction, [0.05, 2, 0.05], ' of capacity');
  }
  const most = Math.max(1000, rate * 2);
  return slider(label, ['load', 'ratePerSecond'], rate, [1, most, 1], '/s');
}

/** The settings of the load. */
export function loadSettings({ load }: Scenario): Slider[] {
  const at = (key: string): Path => ['load', key];
  return [
    pressure(load),
    slider('Length', at('durationMs'), load.durationMs, [1000, 60_000, 500], ' ms'),
    slider('Client timeout', at('timeoutMs'), load.timeoutMs, [50, 10_000, 50], ' ms'),
    slider('Client retries', at('clientRetries'), load.clientRetries, [0, 10, 1]),
    slider('Skew of keys (Zipf)', ['load', 'keys', 'zipf'], load.keys.zipf, [0, 2, 0.1]),
  ];
}

function written<T extends object>(value: T | 'off' | undefined): T | Record<string, never> {
  return value === 'off' || value === undefined ? {} : value;
}

/** The settings of the balancers, and the seed. */
export function balancerSettings(scenario: Scenario): Slider[] {
  const { lb, sim, seed } = scenario;
  const { health, retries, slowStart } = resolvePolicies(lb);
  const given = retries === 'off' ? undefined : retries;
  const tries = given === undefined ? 1 : (given.tries ?? 3);
  const ratio = given?.budget?.ratio ?? 0.2;
  const intervalMs = health.intervalMs ?? 5000;
  const windowMs = slowStart?.windowMs ?? 0;
  return [
    slider('Attempts per request', ['lb', 'retries'], tries, [1, 6, 1], '', (to) =>
      to === 1 ? 'off' : { ...written(lb.retries), tries: to },
    ),
    slider('Retry budget', ['lb', 'retries'], ratio, [0, 5, 0.1], ' per request', (to) => ({
      ...written(lb.retries),
      budget: { ...given?.budget, ratio: to },
    })),
    slider('Health check every', ['lb', 'health'], intervalMs, [100, 10_000, 100], ' ms', (to) => ({
      ...written(lb.health),
      intervalMs: to,
    })),
    slider('Slow start', ['lb', 'slowStart'], windowMs, [0, 20_000, 500], ' ms', (to) =>
      to === 0 ? undefined : { windowMs: to },
    ),
    slider('Balancers', ['sim', 'balancers'], sim.balancers, [1, 16, 1]),
    slider('Age of load reports', ['sim', 'staleMs'], sim.staleMs, [0, 1000, 10], ' ms'),
    slider('Seed', ['seed'], seed, [0, 200, 1]),
  ];
}
