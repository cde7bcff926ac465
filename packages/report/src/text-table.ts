/** Text in columns, for terminals: numbers to the right, words to the left. */

/** SGR codes for what a cell says. */
export const SGR = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  /** An SGR code such as 32 (green); used only where colours are. */
  readonly sgr?: number | undefined;
}

/** A cell with text on the left. */
export function left(text: string, sgr?: number): Cell {
  return { text, align: 'left', sgr };
}

/** A cell with text on the right. */
export function right(text: string, sgr?: number): Cell {
  return { text, align: 'right', sgr };
}

/** One line per row; a missing cell is empty. The last column is not padded. */
export function renderTable(rows: readonly (readonly Cell[])[], colour: boolean): string[] {
  const widths = widthsOf(rows);
  return rows.map((row) => {
    const cells = row.map((cell, i) => renderCell(cell, widths[i] ?? 0, colour));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

/** A column of a table that may have to do without it. */
export interface Column {
  readonly head: string;
  readonly cells: readonly Cell[];
  /** The widest table leaves out the column with the smallest number first; undefined: never. */
  readonly keep?: number | undefined;
}

/** What fits a terminal, a mail and a pull request. */
export const TEXT_WIDTH = 100;

/** Columns side by side, as many as fit into `width` characters; heads are dim. */
export function renderColumns(
  columns: readonly Column[],
  width: number,
  colour: boolean,
): string[] {
  let shown = [...columns];
  for (;;) {
    const [first] = shown
      .filter(({ keep }) => keep !== undefined)
      .sort((a, b) => (a.keep ?? 0) - (b.keep ?? 0));
    if (widthOf(shown) <= width || first === undefined) return renderTable(rowsOf(shown), colour);
    shown = shown.filter((one) => one !== first);
  }
}

/**
 * As `renderColumns`, but loses no column: those that do not fit follow as a further table below, which
 * begins with `names` again.
 */
export function renderFolded(
  names: Column,
  columns: readonly Column[],
  width: number,
  colour: boolean,
): string[] {
  const lines: string[] = [];
  let rest = [...columns];
  do {
    let count = 1;
    while (count < rest.length && widthOf([names, ...rest.slice(0, count + 1)]) <= width) count++;
    if (lines.length > 0) lines.push('');
    lines.push(...renderTable(rowsOf([names, ...rest.slice(0, count)]), colour));
    rest = rest.slice(count);
  } while (rest.length > 0);
  return lines;
}

function widthOf(columns: readonly Column[]): number {
  return widthsOf(rowsOf(columns)).reduce((sum, one) => sum + one + 2, 0);
}

function rowsOf(columns: readonly Column[]): Cell[][] {
  const head = columns.map(({ head: text, cells }): Cell => {
    return { text, align: cells[0]?.align ?? 'left', sgr: SGR.dim };
  });
  const count = Math.max(0, ...columns.map(({ cells }) => cells.length));
  const body = Array.from({ length: count }, (_, row) =>
    columns.map(({ cells }) => cells[row] ?? left('')),
  );
  return [head, ...body];
}

function widthsOf(rows: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, { text }] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, text.length);
  }
  return widths;
}

function renderCell({ text, align, sgr }: Cell, width: number, colour: boolean): string {
  const plain = text.replaceAll('\u00a0', ' ');
  const padded = align === 'right' ? plain.padStart(width) : plain.padEnd(width);
  return colour && sgr !== undefined ? `\x1b[${sgr}m${padded}\x1b[0m` : padded;
}
