/** The figures of all rounds as Markdown, with the ratio to one of the subjects round by round. */

/** One subject in one scenario in one round. */
export interface Measurement {
  readonly subject: string;
  readonly scenario: string;
  readonly round: number;
  /** By the key of their column. */
  readonly figures: Readonly<Record<string, number>>;
}

/** A figure of a table. */
export interface Column {
  readonly key: string;
  /** With its unit. */
  readonly title: string;
  readonly digits: number;
  /** A column with the ratio to the reference follows. */
  readonly isCompared: boolean;
  /** A column with the least and the most follows. */
  readonly hasRange?: boolean;
  /** What is shown of all rounds; default: the median. */
  readonly total?: 'sum';
}

/** What is common to all sections. */
export interface TableOptions {
  readonly heading: string;
  /** The subject that the others are divided by. */
  readonly reference: string;
  /** Those of a scenario. */
  readonly columns: (scenario: string) => readonly Column[];
}

type Values = (m: Measurement) => number;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The median over rounds of a figure divided by the reference's of the same round. */
function ratio(
  own: readonly Measurement[],
  reference: readonly Measurement[],
  figure: Values,
): string {
  const ratios = own.flatMap((m) => {
    const other = reference.find(({ round }) => round === m.round);
    return other === undefined ? [] : [figure(m) / figure(other)];
  });
  return ratios.length === 0 ? '–' : median(ratios).toFixed(2);
}

/** A section per scenario. */
export function toMarkdown(measurements: readonly Measurement[], options: TableOptions): string {
  const scenarios = [...new Set(measurements.map(({ scenario }) => scenario))];
  const sections = scenarios.map((name) => section(name, measurements, options));
  return `${options.heading}\n${sections.join('')}`;
}

function section(
  scenario: string,
  measurements: readonly Measurement[],
  { reference, columns: columnsOf }: TableOptions,
): string {
  const columns = columnsOf(scenario);
  const here = measurements.filter((m) => m.scenario === scenario);
  const divisors = here.filter(({ subject }) => subject === reference);
  const rows = [...new Set(here.map(({ subject }) => subject))].map((subject) => {
    const own = here.filter((m) => m.subject === subject);
    const cells = columns.flatMap((column) => cellsOf(column, own, divisors));
    return `| ${[subject, ...cells].join(' | ')} |\n`;
  });
  const titles = columns.flatMap(({ title, hasRange, isCompared }) => [
    title,
    ...(hasRange === true ? ['min–max'] : []),
    ...(isCompared ? [`× ${reference}`] : []),
  ]);
  const line = `|---|${'---:|'.repeat(titles.length)}`;
  return `\n### ${scenario}\n\n| ${['', ...titles].join(' | ')} |\n${line}\n${rows.join('')}`;
}

function cellsOf(
  { key, digits, isCompared, hasRange, total }: Column,
  own: readonly Measurement[],
  divisors: readonly Measurement[],
): string[] {
  const figure: Values = ({ figures }) => figures[key] ?? Number.NaN;
  const values = own.map(figure);
  const shown = total === 'sum' ? values.reduce((sum, v) => sum + v, 0) : median(values);
  const cells = [shown.toFixed(digits)];
  if (hasRange === true) {
    cells.push(`${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`);
  }
  if (isCompared) cells.push(ratio(own, divisors, figure));
  return cells;
}
