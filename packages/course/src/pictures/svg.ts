/** Pictures for exercises and chapters: lanes, lines and bars as plain SVG that is readable in light and dark. */

const WIDTH = 760;
const LEFT = 110;
const RIGHT = 36;
const TOP = 44;
const COLOURS = ['#2f6fb3', '#d1652b', '#2c8a57', '#8a4fb0', '#a08016'];

/** A stretch of time in a lane. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
  /** Index of a colour. */
  readonly colour?: number;
}

/** One row of a picture of lanes. */
export interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
}

/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** One bar of a chart. */
export interface Bar {
  readonly name: string;
  readonly value: number;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function text(x: number, y: number, words: string, more = ''): string {
  return `<text x="${n(x)}" y="${n(y)}"${more}>${escaped(words)}</text>`;
}

function page(height: number, title: string, body: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${n(height)}" font-family="system-ui,sans-serif" font-size="13">
<title>${escaped(title)}</title>
<rect width="${WIDTH}" height="${n(height)}" fill="#fff"/>
${text(12, 24, title, ' font-size="15" font-weight="600"')}
${body.join('\n')}
</svg>
`;
}

function colour(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#000';
}

/** A step that gives between four and ten ticks. */
function tickStep(range: number): number {
  const power = 10 ** Math.floor(Math.log10(range / 4));
  return [1, 2, 5, 10].map((f) => f * power).find((step) => range / step <= 10) ?? range;
}

function ticks(from: number, to: number): number[] {
  const step = tickStep(to - from);
  const count = Math.floor((to - from) / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((from + i * step).toFixed(9)));
}

/** What each backend does over time. */
export function lanes(title: string, rows: readonly Lane[], untilMs: number): string {
  const rowHeight = 26;
  const x = (ms: number): number => LEFT + (ms / untilMs) * (WIDTH - LEFT - RIGHT);
  const bottom = TOP + rows.length * rowHeight;
  const body = rows.flatMap(({ name, spans }, row) => {
    const y = TOP + row * rowHeight;
    return [
      text(LEFT - 8, y + 15, name, ' text-anchor="end"'),
      ...spans.map(
        ({ fromMs, toMs, colour: c = 0 }) =>
          `<rect x="${n(x(fromMs))}" y="${n(y + 3)}" width="${n(Math.max(1.5, x(toMs) - x(fromMs) - 0.6))}" height="17" fill="${colour(c)}"/>`,
      ),
    ];
  });
  const told = (ms: number): string => (untilMs < 5_000 ? `${ms} ms` : `${ms / 1000} s`);
  const axis = ticks(0, untilMs).map((ms) =>
    text(x(ms), bottom + 16, told(ms), ' text-anchor="middle" fill="#555"'),
  );
  return page(bottom + 26, title, [...body, ...axis]);
}

/** Lines over a common axis. */
export function lines(
  title: string,
  axes: { readonly x: string; readonly y: string; readonly maxY?: number },
  series: readonly Series[],
): string {
  const height = 300;
  const bottom = height - 44;
  const xs = series.flatMap(({ points }) => points.map(([px]) => px));
  const ys = series.flatMap(({ points }) => points.map(([, py]) => py));
  const [minX, maxX] = [Math.min(...xs), Math.max(...xs)];
  const maxY = axes.maxY ?? Math.max(...ys) * 1.05;
  const x = (value: number): number => 60 + ((value - minX) / (maxX - minX)) * (WIDTH - 220);
  const y = (value: number): number => bottom - (Math.min(value, maxY) / maxY) * (bottom - TOP);
  const grid = ticks(0, maxY).flatMap((value) => [
    `<line x1="60" x2="${n(x(maxX))}" y1="${n(y(value))}" y2="${n(y(value))}" stroke="#ddd"/>`,
    text(54, y(value) + 4, String(value), ' text-anchor="end" fill="#555"'),
  ]);
  const below = ticks(minX, maxX).map((value) =>
    text(x(value), bottom + 16, String(value), ' text-anchor="middle" fill="#555"'),
  );
  const drawn = series.flatMap(({ name, points }, i) => {
    const path = points.map(([px, py]) => `${n(x(px))},${n(y(py))}`).join(' ');
    const end = points.at(-1);
    return [
      `<polyline points="${path}" fill="none" stroke="${colour(i)}" stroke-width="2"/>`,
      `<rect x="${WIDTH - 152}" y="${TOP + i * 20 - 9}" width="12" height="4" fill="${colour(i)}"/>`,
      end === undefined ? '' : text(WIDTH - 134, TOP + i * 20 - 3, name),
    ];
  });
  const names = [
    text(60, bottom + 34, axes.x, ' fill="#555"'),
    text(12, TOP - 6, axes.y, ' fill="#555" font-size="11"'),
  ];
  return page(height, title, [...grid, ...below, ...drawn, ...names]);
}

/** One bar per name, with its value. */
export function bars(title: string, unit: string, rows: readonly Bar[]): string {
  const rowHeight = 28;
  const left = 210;
  const most = Math.max(...rows.map(({ value }) => value));
  const body = rows.flatMap(({ name, value }, i) => {
    const y = TOP + i * rowHeight;
    const width = (value / most) * (WIDTH - left - 110);
    return [
      text(left - 8, y + 16, name, ' text-anchor="end"'),
      `<rect x="${left}" y="${y + 3}" width="${n(Math.max(1, width))}" height="19" fill="${colour(0)}"/>`,
      text(left + width + 8, y + 16, `${Number(value.toFixed(1))} ${unit}`),
    ];
  });
  return page(TOP + rows.length * rowHeight + 12, title, body);
}
