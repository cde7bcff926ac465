/** A student's marks as one HTML file that needs nothing else. */

import type { Grade, TestResult } from '../grade/result.ts';

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}
td,th{padding:.3rem .6rem;text-align:left;border-bottom:1px solid #ccc;vertical-align:top}
pre{background:#f4f4f4;padding:.6rem;overflow:auto}.pass{color:#06632d}.fail,.error,.timeout{color:#a11}`;

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
  const table =
    trace === undefined || trace.length === 0 ? '' : `<pre>${escaped(trace.join('\n'))}</pre>`;
  const again = replay === undefined ? '' : `<p>Again: <code>${escaped(replay)}</code></p>`;
  return `<tr><td class="${status}">${status}</td><td><b>${escaped(name)}</b> ${escaped(about)}
<p>${escaped(message)}</p>${table}${again}</td><td>${score}/${maxScore}</td></tr>`;
}

/** See the head of this file. */
export function gradePage({ student, seed, kit, limits, exercises }: Grade): string {
  const parts = exercises.map(
    ({ id, score, maxScore, status, tests }) =>
      `<h2>${escaped(id)}: <span class="${status}">${score}/${maxScore}</span></h2>
<table><tbody>${tests.map(testRow).join('\n')}</tbody></table>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(student)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(student === '' ? 'Marks' : student)}</h1>
${parts.join('\n')}
<h2>How it was graded</h2><p>Kit ${escaped(kit)}, course seed ${escaped(seed)}. Limits in force:</p>
<ul>${limits.map((limit) => `<li>${escaped(limit)}</li>`).join('')}</ul>
</body></html>
`;
}
