/** Rates as people write them: `10/s`, `600/m`, `5/10s`. */

import { parseDuration } from './units.ts';

/** So many in such a time. */
export interface Rate {
  readonly count: number;
  readonly periodMs: number;
}

const PERIOD_MS_MAX = 86_400_000;

/** @returns undefined if the text is not a rate of more than 0 in at most a day */
export function parseRate(text: string): Rate | undefined {
  const [, digits, time = ''] = /^(\d{1,7}(?:\.\d{1,3})?) ?\/ ?(\S{1,20})$/.exec(text) ?? [];
  if (digits === undefined || /^\d+$/.test(time)) return undefined;
  const count = Number(digits);
  const periodMs = parseDuration(/^\d/.test(time) ? time : `1${time}`) ?? 0;
  const isRate = count > 0 && periodMs >= 1 && periodMs <= PERIOD_MS_MAX;
  return isRate ? { count, periodMs } : undefined;
}
