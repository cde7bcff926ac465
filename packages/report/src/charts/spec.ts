/**
 * What a chart is before it has colours: plain data made by pure functions from the results, put
 * into the page as JSON. The page's client turns it into a Chart.js chart in the reader's theme, and
 * the page itself prints the same figures as a table.
 */

/** How an axis writes its figures; the data stay as they are in results.json. */
export type Unit =
  | 'ms'
  | 'seconds'
  | 'share'
  | 'count'
  | 'perSecond'
  | 'service'
  | 'bytes'
  | 'us'
  | 'times'
  /** 1/(1 − p) of a percentile p, so that a log axis has each further nine one step away. */
  | 'nines';

export interface Axis {
  readonly title: string;
  readonly unit: Unit;
  /** Logarithmic where the figures span more than a factor of 30. */
  readonly log: boolean;
  /** The axis goes from here, and to there: of charts that are to be compared by eye. */
  readonly min?: number;
  readonly max?: number;
}

export interface Point {
  readonly x: number;
  readonly y: number | null;
}

/** Passed to Chart.js as it is; what it does not know (`slots`, `texts` …) is for the client. */
export interface Dataset {
  readonly label: string;
  /** Of the strategy that it is switched off and on with; '' of one that always stays. */
  readonly key: string;
  readonly data: readonly (number | null)[] | readonly Point[];
  /** Look of the whole series, or one for each point. */
  readonly slots: readonly number[];
  /** What a tooltip says of each point: figures with units. */
  readonly texts: readonly string[];
  /** Dashed line, hollow mark: a repeated arm, or a theory. */
  readonly dashed: boolean;
  readonly marker: string;
  /** `line`: joined points; `marks`: points alone; `rings`: around points of another series. Bars are bars. */
  readonly draw: 'line' | 'marks' | 'bars' | 'rings';
  /** Paler than the others: what another series sums up. */
  readonly faint?: boolean;
  /** Writes each point's text beside it. */
  readonly direct: boolean;
  /** Intervals [low, high] around the points, in the unit of y. */
  readonly intervals?: readonly (readonly [number, number])[];
  /**
   * Draws each point as a cell instead, `widthMs` wide and half an octave high, the darker the greater its
   * share; the darkest is `most`.
   */
  readonly heat?: {
    readonly widthMs: number;
    readonly shares: readonly number[];
    readonly most: number;
  };
}

/** A stretch of the time axis in which a fault was on. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** A line at a figure: a moment on the x axis or a limit on the y axis. */
export interface Mark {
  readonly axis: 'x' | 'y';
  readonly at: number;
  readonly label: string;
  /** Null: in the colour of text. */
  readonly slot: number | null;
}

/** One entry of the legend: it switches everything of its key off and on, in all charts. */
export interface LegendEntry {
  readonly label: string;
  readonly slot: number;
  readonly dashed: boolean;
  readonly key: string;
}

/** The chart's figures as text: the first cell of a row is its header. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Rows in grey: their latencies say little, for too much failed. */
  readonly quiet?: readonly boolean[];
}

export interface ChartSpec {
  /** An HTML id, unique in the page. */
  readonly id: string;
  readonly title: string;
  /** How to read it, in one or two sentences. */
  readonly note: string;
  readonly heightPx: number;
  /** Drawn in a folded part of its own, with others of this name. */
  readonly folded?: string;
  /** The strategy that all of it is about, with which it is switched off and on. */
  readonly key?: string;
  /** Takes the whole width of the page where others share it. */
  readonly wide: boolean;
  /** `rows`: categories down the y axis, figures along x. `columns`: the other way round. */
  readonly layout: 'rows' | 'columns' | 'xy';
  /** Categories; empty for `xy`. */
  readonly labels: readonly string[];
  /** Key of each label, where these are strategies. */
  readonly labelKeys?: readonly string[];
  readonly datasets: readonly Dataset[];
  readonly x: Axis | null;
  readonly y: Axis | null;
  readonly bands: readonly Band[];
  readonly marks: readonly Mark[];
  /** Empty where the rows name the series. */
  readonly legend: readonly LegendEntry[];
  readonly table: Table;
}

const LOG_FROM_SPAN = 30;

/** True where a linear axis would press the small figures flat. Zeros cannot be on a log axis. */
export function needsLog(values: readonly (number | null)[]): boolean {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return false;
  const least = Math.min(...known);
  return least > 0 && Math.max(...known) / least > LOG_FROM_SPAN;
}
