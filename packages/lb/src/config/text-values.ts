/** Values made from the text of a flag or a variable, for the schema to check. */

import { normalizedOff } from '@evenkeel/config';

/** The number that a text spells; a text that spells none stays, for the schema to refuse. */
export function numeric(text: string | undefined): number | string | undefined {
  return text !== undefined && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/** URLs separated by `,` or `;`, blanks around them allowed. */
export function splitList(text: string): string[] {
  return text
    .split(/[,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What is given of an object; undefined if nothing is. */
export function given(object: Readonly<Record<string, unknown>>): object | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** One of the words for what is switched off. */
export function isOff(text: string | undefined): boolean {
  return normalizedOff(text) === 'off';
}
