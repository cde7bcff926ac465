/** What the admin API answers, as text for a terminal. Names and reasons come from outside: none may steer it. */

import { styleText } from 'node:util';
import type { BackendStatus } from '../backends.ts';
import type { LoggedEvent } from '../event-log.ts';
import { escapeControls } from '../log/escape.ts';

type Style = Parameters<typeof styleText>[0];

/** How states are told apart by colour as well as by their word. */
const STYLES: Readonly<Record<string, Style>> = {
  ready: 'green',
  down: 'red',
  ejected: 'red',
  checking: 'yellow',
  drain: 'yellow',
  maintenance: 'yellow',
};

const HEADINGS = [
  ...['SERVICE', 'BACKEND', 'STATE', 'FOR', 'WEIGHT', 'IN FLIGHT', 'REQUESTS', 'FAILURES'],
  ...['P50 MS', 'P99 MS', 'LAST ERROR'],
] as const;
const STATE_COLUMN = 2;
/** Words to the left, figures to the right. */
const LEFT: ReadonlySet<number> = new Set([0, 1, STATE_COLUMN, HEADINGS.length - 1]);

/**
 * One line per backend, below a line of headings.
 * @param isColoured whether states are coloured
 */
export function backendTable(
  backends: readonly BackendStatus[],
  nowMs: number,
  isColoured: boolean,
): string {
  const rows = [HEADINGS, ...backends.map((backend) => cellsOf(backend, nowMs))].map((row) =>
    row.map(escapeControls),
  );
  const widthOf = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const widths = HEADINGS.map((_, column) => widthOf(column));
  const lines = rows.map((row, line) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        const padded = LEFT.has(column) ? cell.padEnd(width) : cell.padStart(width);
        const style = line > 0 && column === STATE_COLUMN ? STYLES[cell] : undefined;
        return isColoured && style !== undefined ? coloured(style, padded) : padded;
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** What became of one backend, after a change. */
export function backendLine(backend: BackendStatus): string {
  const { service, id, state, weight, inFlight } = backend;
  return `${escapeControls(`${id} of service ${service}: ${state}, weight ${weight}, ${inFlight} in flight`)}\n`;
}

/** One event, with the local time. */
export function eventLine(event: LoggedEvent): string {
  const { epochMs, type, service, endpoint, from, to, reason, source } = event;
  const time = new Date(epochMs).toISOString();
  const subject = [service, endpoint].filter((name) => name !== undefined).join('/');
  const change = type === 'state' ? `${from} → ${to}` : type;
  const why = source === undefined ? reason : `${reason}, by ${source}`;
  const words = [time, subject, change, `(${why})`].filter((word) => word !== '');
  return `${escapeControls(words.join('  '))}\n`;
}

function cellsOf(backend: BackendStatus, nowMs: number): string[] {
  const { service, id, state, since, weight, inFlight, requests, failures } = backend;
  const { p50, p99 } = backend.latencyMs;
  const age = ageOf(nowMs - Date.parse(since));
  const figures = [weight, inFlight, requests, failures].map(String);
  return [service, id, state, age, ...figures, msOf(p50), msOf(p99), errorOf(backend, nowMs)];
}

function errorOf({ lastError = '', lastErrorAt }: BackendStatus, nowMs: number): string {
  if (lastErrorAt === undefined) return lastError;
  return `${lastError}, ${ageOf(nowMs - Date.parse(lastErrorAt))} ago`;
}

function msOf(ms: number | null): string {
  return ms === null ? '-' : ms.toFixed(ms < 10 ? 1 : 0);
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
] as const;

/** `5s`, `12m`, `3h`, `2d`. */
function ageOf(ms: number): string {
  const unit = UNITS.find(([size]) => ms >= size);
  if (unit === undefined) return `${Math.max(0, Math.floor(ms / 1000))}s`;
  const [size, letter] = unit;
  return `${Math.floor(ms / size)}${letter}`;
}

function coloured(style: Style, text: string): string {
  return styleText(style, text, { validateStream: false });
}
