/** Numbers as text: a number and its unit stay on one line. */

/** A time in ms, with as many digits as tell something; `–` if there is none. */
export function time(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return '–';
  if (ms === Infinity) return '∞';
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)}\u00a0s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)}\u00a0s`;
  if (ms >= 100) return `${Math.round(ms)}\u00a0ms`;
  return `${ms.toFixed(ms >= 10 ? 1 : 2)}\u00a0ms`;
}

/** A time and how far it may be off, in the unit of the time. */
export function timeWithMargin(ms: number, marginMs: number): string {
  const text = time(ms);
  const [digits = '', unit = ''] = text.split('\u00a0');
  const scale = unit === 's' ? 1000 : 1;
  const decimals = digits.split('.')[1]?.length ?? 0;
  return `${digits}\u00a0±\u00a0${(marginMs / scale).toFixed(decimals)}\u00a0${unit}`;
}

/** A share as percent. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return '0\u00a0%';
  if (value < 0.1) return '<\u00a00.1\u00a0%';
  return `${value.toFixed(value < 10 ? 1 : 0)}\u00a0%`;
}

/** Numbers in a sentence stay on one line with their units. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (%|ms|s)(?![\p{L}\d])/gu, '$1\u00a0$2');
}
