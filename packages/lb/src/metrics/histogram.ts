/** Histograms whose buckets were counted elsewhere. */

import { Histogram, type Registry } from 'prom-client';
import { DURATION_EDGES_S, type Durations, type Exemplar } from './durations.ts';

/** Name and help text. */
type About = readonly [name: string, help: string];

type Labels = Readonly<Record<string, string>>;

/** One line of a histogram. */
interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName: string;
  /** Written in OpenMetrics alone. */
  readonly exemplar?: object;
}

/** A histogram in seconds whose buckets were counted elsewhere. */
export function histogram(
  registry: Registry,
  about: About,
  labelNames: readonly string[],
  read: () => Iterable<readonly [Labels, Durations]>,
): void {
  registry.registerMetric(new CountedHistogram(about, labelNames, read));
}

class CountedHistogram extends Histogram {
  readonly #about: About;
  readonly #read: () => Iterable<readonly [Labels, Durations]>;

  constructor(
    about: About,
    labelNames: readonly string[],
    read: () => Iterable<readonly [Labels, Durations]>,
  ) {
    const [name, help] = about;
    super({ name, help, labelNames, buckets: [...DURATION_EDGES_S], registers: [] });
    this.#about = about;
    this.#read = read;
  }

  /** What prom-client asks histograms for; its typings leave it out. */
  async getForPromString(): Promise<Record<string, unknown>> {
    const [name, help] = this.#about;
    const values: Sample[] = [];
    for (const [labels, { edges, counts, exemplars, sumMs }] of this.#read()) {
      let count = 0;
      for (const [index, le] of [...edges, '+Inf'].entries()) {
        count += counts[index] ?? 0;
        const sample = { labels: { le, ...labels }, value: count, metricName: `${name}_bucket` };
        values.push({ ...sample, ...exemplarOf(exemplars[index]) });
      }
      values.push({ labels, value: sumMs / 1000, metricName: `${name}_sum` });
      values.push({ labels, value: count, metricName: `${name}_count` });
    }
    return { name, help, type: 'histogram', values, aggregator: 'sum' };
  }
}

/** As prom-client writes it. */
function exemplarOf(exemplar: Exemplar | undefined): Pick<Sample, 'exemplar'> {
  if (exemplar === undefined) return {};
  const { traceId, seconds, atSeconds } = exemplar;
  const labelSet = { trace_id: traceId };
  return { exemplar: { labelSet, value: seconds, timestamp: atSeconds } };
}
