/** The marks of a class as CSV (RFC 4180), which every spreadsheet and learning platform reads. */

import type { Grade } from '../grade/result.ts';
import { rounded } from '../grade/result.ts';

/** One student's line. */
export type TableRow =
  | { readonly student: string; readonly grade: Grade }
  | { readonly student: string; readonly problem: string };

/** Quoted where needed; what a spreadsheet would take for a formula is made a text. */
function cell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One line per student, one column per exercise. */
export function gradeTable(exercises: readonly string[], rows: readonly TableRow[]): string {
  const lines: (string | number)[][] = [['student', ...exercises, 'total', 'max', 'problem']];
  for (const row of rows) {
    if ('problem' in row) {
      lines.push([row.student, ...exercises.map(() => ''), '', '', row.problem]);
      continue;
    }
    const results = row.grade.exercises;
    const scores = exercises.map((id) => results.find((result) => result.id === id)?.score ?? 0);
    const total = rounded(scores.reduce((a, b) => a + b, 0));
    const max = rounded(results.reduce((sum, { maxScore }) => sum + maxScore, 0));
    lines.push([row.student, ...scores, total, max, '']);
  }
  return lines.map((line) => `${line.map(cell).join(',')}\r\n`).join('');
}
