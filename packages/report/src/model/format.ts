/** Numbers as a reader wants them: few digits, a unit, and a dash for what is not known. */

/** Shown for null: the figure is not known, which is not zero. */
export const UNKNOWN = '—';

/** U+00A0: a number and its unit stay on one line. */
const NBSP = ' ';

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
  if (share === 1) return `100${NBSP}%`;
  const digits = share > 0.99 && share < 1 ? Math.max(decimals, 3) : decimals;
  const scale = 10 ** digits;
  const rounded =
    share > 0.99 && share < 1
      ? Math.floor(share * 100 * scale + 1e-9) / scale
      : Math.round(share * 100 * scale) / scale;
  return `${rounded.toLocaleString('en-US', { maximumFractionDigits: digits })}${NBSP}%`;
}

/** Whole percents, for differences whose interval is much wider than a digit. */
export function roundPercent(share: number): string {
  const decimals = Math.abs(share) < 0.0995 ? 1 : 0;
  const value = (share * 100).toLocaleString('en-US', {
    maximumFractionDigits: decimals,
    signDisplay: 'negative',
  });
  return `${value.replace('-', '−')}${NBSP}%`;
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

/** `1 round`, `6 rounds`. */
export function plural(n: number, noun: string): string {
  return `${count(n)}${NBSP}${noun}${n === 1 ? '' : 's'}`;
}

/** `atMs` → `at`, `p99Ms` → `p99`, `plannedRate` → `planned rate`. */
export function words(name: string): string {
  return name
    .replace(/(Ms|PerSecond|Bytes)$/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase();
}
