/** The figures of all rounds as Markdown, with the ratio to one of the subjects round by round. */

/** One subject in one scenario in one round. */
export interface Measurement {
  readonly subject: string;
  readonly scenario: string;
  readonly round: number;
  readonly cpuUsPerRequest: number;
  readonly requestsPerSecond: number;
  readonly p99Us: number;
  readonly rssBytes: number;
  readonly errors: number;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The median over rounds of `figure` divided by the reference's of the same round. */
function ratio(
  own: readonly Measurement[],
  reference: readonly Measurement[],
  figure: (m: Measurement) => number,
): string {
  const ratios = own.flatMap((m) => {
    const other = reference.find(({ round }) => round === m.round);
    return other === undefined ? [] : [figure(m) / figure(other)];
  });
  return ratios.length === 0 ? '–' : median(ratios).toFixed(2);
}

/** A section per scenario. `referenceName`: the subject that the others are divided by. */
export function toMarkdown(
  measurements: readonly Measurement[],
  heading: string,
  referenceName: string,
): string {
  const scenarios = [...new Set(measurements.map(({ scenario }) => scenario))];
  const sections = scenarios.map((name) => section(name, measurements, referenceName));
  return `${heading}\n${sections.join('')}`;
}

function section(
  scenario: string,
  measurements: readonly Measurement[],
  referenceName: string,
): string {
  const here = measurements.filter((m) => m.scenario === scenario);
  const reference = here.filter(({ subject }) => subject === referenceName);
  const rows = [...new Set(here.map(({ subject }) => subject))].map((subject) => {
    const own = here.filter((m) => m.subject === subject);
    const cpu = own.map((m) => m.cpuUsPerRequest);
    const cells = [
      subject,
      median(cpu).toFixed(1),
      `${Math.min(...cpu).toFixed(1)}–${Math.max(...cpu).toFixed(1)}`,
      ratio(own, reference, (m) => m.cpuUsPerRequest),
      Math.round(median(own.map((m) => m.requestsPerSecond))),
      ratio(own, reference, (m) => m.requestsPerSecond),
      (median(own.map((m) => m.p99Us)) / 1000).toFixed(2),
      ratio(own, reference, (m) => m.p99Us),
      Math.round(median(own.map((m) => m.rssBytes)) / 2 ** 20),
      own.reduce((sum, m) => sum + m.errors, 0),
    ];
    return `| ${cells.join(' | ')} |\n`;
  });
  const columns = [
    '',
    'CPU µs/request',
    'min–max',
    `× ${referenceName}`,
    'requests/s',
    `× ${referenceName}`,
    'p99 ms',
    `× ${referenceName}`,
    'RSS MiB',
    'errors',
  ];
  return `\n### ${scenario}\n\n| ${columns.join(' | ')} |\n|---|${'---:|'.repeat(columns.length - 1)}\n${rows.join('')}`;
}
