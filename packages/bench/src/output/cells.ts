/** Cells that several tables have in common. */

import {
  answeredShare,
  type Cell,
  format,
  isMostlyAnswered,
  type Run,
  right,
  SGR,
} from '@evenkeel/report';

/** Red where more than one request in a thousand failed. */
export function answeredCell(requests: Pick<Run['requests'], 'sent' | 'ok'>): Cell {
  const text = format.percent(answeredShare(requests), 2);
  return right(text, requests.sent === 0 || isMostlyAnswered(requests) ? undefined : SGR.red);
}

/** A time in ms without its unit, three digits that count. */
export function ms(value: number | null): string {
  return value === null ? format.UNKNOWN : format.number(Number(value.toPrecision(3)));
}
