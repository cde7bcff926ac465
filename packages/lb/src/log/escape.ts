/**
 * Control characters that JSON leaves as they are: DEL and the C1 set. A terminal may take them for
 * commands, and what a client sends ends up in a log.
 */

const CONTROL = /\p{Cc}/u;
const CONTROLS = /\p{Cc}/gu;

/** Text as it was, or with `\u0080` and the like in place of control characters. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, escaped);
}

/** A value as one line of JSON without any control character. */
export function jsonLine(value: unknown): string {
  const json = JSON.stringify(value);
  return CONTROL.test(json) ? escapeControls(json) : json;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
