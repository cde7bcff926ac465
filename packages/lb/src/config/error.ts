/**
 * What is wrong with the configuration, in one line fit for a user: which field, what was expected,
 * and what stood there. Nothing in it is meant for a debugger, so it is shown without a stack.
 */

/** A configuration that cannot be used. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const SHOWN_LENGTH_MAX = 80;

/** A value as it is quoted in a message: JSON, cut to a length that fits a line. */
export function quoted(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= SHOWN_LENGTH_MAX ? text : `${text.slice(0, SHOWN_LENGTH_MAX)}…`;
}
