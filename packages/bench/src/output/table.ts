/** Text in columns, for terminals: numbers to the right, words to the left. */

export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  /** An SGR code such as 32 (green); used only where colours are. */
  readonly sgr?: number;
}

/** A cell with text on the left. */
export function left(text: string, sgr?: number): Cell {
  return sgr === undefined ? { text, align: 'left' } : { text, align: 'left', sgr };
}

/** A cell with text on the right. */
export function right(text: string, sgr?: number): Cell {
  return sgr === undefined ? { text, align: 'right' } : { text, align: 'right', sgr };
}

/** One line per row; a missing cell is empty. The last column is not padded. */
export function renderTable(rows: readonly (readonly Cell[])[], colour: boolean): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, { text }] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, text.length);
  }
  return rows.map((row) => {
    const cells = row.map((cell, i) => renderCell(cell, widths[i] ?? 0, colour));
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function renderCell({ text, align, sgr }: Cell, width: number, colour: boolean): string {
  const padded = align === 'right' ? text.padStart(width) : text.padEnd(width);
  return colour && sgr !== undefined ? `\x1b[${sgr}m${padded}\x1b[0m` : padded;
}

/** Milliseconds with three digits that count; `–` for what could not be known. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–';
  if (ms >= 100) return `${ms.toFixed(0)} ms`;
  return ms >= 10 ? `${ms.toFixed(1)} ms` : `${ms.toFixed(2)} ms`;
}

/** A count, or `–`. */
export function formatCount(n: number | null): string {
  return n === null ? '–' : String(n);
}
