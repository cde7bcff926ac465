/** A student's marks as one HTML file that needs nothing else. */

import type { ExerciseResult, Grade, TestResult } from '../grade/result.ts';
import { rounded } from '../grade/result.ts';

const STYLE = `:root{color-scheme:light dark;--line:light-dark(#ccc,#444);--code:light-dark(#f4f4f4,#222);
--good:light-dark(#06632d,#6cd495);--bad:light-dark(#a11,#ff9a90)}
body{color:light-dark(#111,#eee);background:light-dark(#fff,#161616);font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td,th{padding:.4rem .5rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
.status{width:4.5rem}.points{width:4rem;text-align:right}p{margin:.4rem 0 0}
pre{background:var(--code);padding:.6rem;margin:.4rem 0 0;overflow:auto;overflow-wrap:normal}
.pass{color:var(--good)}.fail,.error,.timeout{color:var(--bad)}
@media(max-width:30rem){td,th{padding:.4rem .2rem}.status{width:3.5rem}.points{width:3.6rem}}`;

const HEAD = `<thead><tr><th class="status" scope="col">result</th><th scope="col">check</th>
<th class="points" scope="col">points</th></tr></thead>`;

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function testRow({
  name,
  about,
  status,
  score,
  maxScore,
  message,
  trace,
  replay,
}: TestResult): string {
  const said = message === '' ? '' : `<p>${escaped(message)}</p>`;
  const table =
    trace === undefined || trace.length === 0
      ? ''
      : `<pre tabindex="0">${escaped(trace.join('\n'))}</pre>`;
  const again = replay === undefined ? '' : `<p>Again: <code>${escaped(replay)}</code></p>`;
  return `<tr><td class="${status}">${status}</td><td><b>${escaped(name)}</b> ${escaped(about)}
${said}${table}${again}</td><td class="points">${score}/${maxScore}</td></tr>`;
}

function totalOf(exercises: readonly ExerciseResult[], figure: 'score' | 'maxScore'): number {
  return rounded(exercises.reduce((sum, exercise) => sum + exercise[figure], 0));
}

/** See the head of this file. */
export function gradePage({ student, seed, kit, limits, exercises }: Grade): string {
  const parts = exercises.map(
    ({ id, score, maxScore, status, tests }) =>
      `<h2>${escaped(id)}: <span class="${status}">${score}/${maxScore}</span></h2>
<table>${HEAD}<tbody>${tests.map(testRow).join('\n')}</tbody></table>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(student)}</title><style>${STYLE}</style></head><body><main>
<h1>${escaped(student === '' ? 'Marks' : student)}</h1>
<p>Total: ${totalOf(exercises, 'score')} of ${totalOf(exercises, 'maxScore')} points</p>
${parts.join('\n')}
<h2>How it was graded</h2><p>Kit ${escaped(kit)}, course seed ${escaped(seed)}. Limits in force:</p>
<ul>${limits.map((limit) => `<li>${escaped(limit)}</li>`).join('')}</ul>
</main></body></html>
`;
}
