/** Numbers as a reader wants them: few digits, a unit, and a dash for what is not known. */

/** Shown for null: the figure is not known, which is not zero. */
export const UNKNOWN = '—';

/** U+00A0: a number and its unit stay on one line. */
const NBSP = '\u00a0';

/** Three significant digits, thousands separated; integers below a million in full. */
export function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return value.toLocaleString('en-US');
  return value.toLocaleString('en-US', { maximumSignificantDigits: 3 });
}

export function count(value: number | null): string {
  return value === null ? UNKNOWN : value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

/** A duration in milliseconds; from ten seconds up in seconds. */
export function duration(valueMs: number | null): string {
  if (valueMs === null) return UNKNOWN;
  if (Math.abs(valueMs) >= 10_000) return `${number(valueMs / 1000)}${NBSP}s`;
  return `${number(Math.abs(valueMs) >= 100 ? Math.round(valueMs) : valueMs)}${NBSP}ms`;
}

/** A share of 1 in percent. Never rounded up to 100 %: 0.99999 is 99.999 %, not all. */
export function percent(share: number | null, decimals = 1): string {
  if (share === null) return UNKNOWN;
  const nearlyAll = share > 0.99 && share < 1;
  const digits = nearlyAll ? Math.max(decimals, 3) : decimals;
  const scale = 10 ** digits;
  // 0.9995 · 100 is a hair below 99.95 in floating point, hence the 1e-9.
  const steps = nearlyAll
    ? Math.min(Math.floor(share * 100 * scale + 1e-9), 100 * scale - 1)
    : Math.round(share * 100 * scale);
  const shown = (steps / scale).toLocaleString('en-US', { maximumFractionDigits: digits });
  return `${shown.replace('-', '−')}${NBSP}%`;
}

/** What share was answered without an error: two decimals, since the last ones matter. */
export function answered(share: number | null): string {
  return percent(share, 2);
}

/** Whole percents (below ten with a decimal), for differences whose interval is much wider. */
export function roundPercent(share: number): string {
  return `${percentDigits(share)}${NBSP}%`;
}

/** `31–44 %`: two shares and one sign. */
export function percentRange(low: number, high: number): string {
  return `${percentDigits(low)}–${roundPercent(high)}`;
}

function percentDigits(share: number): string {
  const decimals = Math.abs(share) < 0.0995 ? 1 : 0;
  const options = { maximumFractionDigits: decimals, signDisplay: 'negative' } as const;
  return (share * 100).toLocaleString('en-US', options).replace('-', '−');
}

export function rate(perSecond: number | null): string {
  return perSecond === null ? UNKNOWN : `${number(perSecond)}/s`;
}

export function bytes(value: number | null): string {
  if (value === null) return UNKNOWN;
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value < 1 ? 0 : Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${number(Number((value / 1024 ** power).toPrecision(3)))}${NBSP}${units[power]}`;
}

/** A p-value: never 0, since none is. */
export function pValue(p: number | null): string {
  if (p === null) return UNKNOWN;
  return p < 0.001 ? '< 0.001' : p.toLocaleString('en-US', { maximumSignificantDigits: 2 });
}

/** A figure of an objective or of a scenario: the ending of its name says the unit. */
export function byName(name: string, value: number | null): string {
  if (value === null) return UNKNOWN;
  if (name.endsWith('Ms')) return duration(value);
  if (name === 'availability' || name === 'fraction' || name.endsWith('Share')) {
    return percent(value);
  }
  if (name === 'amplification') return `${number(value)}×`;
  if (name.endsWith('PerSecond')) return rate(value);
  if (name.endsWith('Bytes')) return bytes(value);
  return number(value);
}

/** `1 round`, `6 rounds`, for plain text. */
export function counted(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}

/** `1 round`, `6 rounds`, on one line. */
export function plural(n: number, noun: string): string {
  return counted(n, noun).replace(' ', NBSP);
}

/** `atMs` → `at`, `p99Ms` → `p99`, `plannedRate` → `planned rate`. */
export function words(name: string): string {
  return name
    .replace(/(Ms|PerSecond|Bytes)$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
}
