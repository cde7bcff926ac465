/** Times and sizes as people write them: `500ms`, `30s`, `10MB`. */

const MS_BY_UNIT: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const BYTES_BY_UNIT: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** `1.5s` → 1500. @returns undefined if the text is not a time; a bare number is milliseconds */
export function parseDuration(text: string): number | undefined {
  return amount(text, MS_BY_UNIT, 'ms');
}

/** `10MB` → 10 000 000, `64KiB` → 65 536. @returns undefined if the text is not a size */
export function parseSize(text: string): number | undefined {
  return amount(text, BYTES_BY_UNIT, 'b');
}

function amount(
  text: string,
  factors: Readonly<Record<string, number>>,
  bare: string,
): number | undefined {
  const [, digits, unit = bare] = /^(\d{1,16}(?:\.\d{1,9})?) ?([a-z]{1,3})?$/i.exec(text) ?? [];
  const name = unit.toLowerCase();
  if (digits === undefined || !Object.hasOwn(factors, name)) return undefined;
  const value = Number(digits) * (factors[name] ?? 1);
  // 0.3 s is 300 ms, whatever binary fractions make of it.
  return Number(value.toFixed(6));
}
