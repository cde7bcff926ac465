/**
 * Text with variables in braces, as fields and redirects take it: `https://{host}{target}`. Braces around
 * anything but one word are text like any other, so that JSON can be written as it is.
 */

import { noneOf } from './messages.ts';

/** What a request can say of itself. */
export const REQUEST_VARIABLES = [
  'clientAddress',
  'host',
  'method',
  'path',
  'requestId',
  'scheme',
  'service',
  'target',
] as const;

export type RequestVariable = (typeof REQUEST_VARIABLES)[number];
export type ResponseVariable = RequestVariable | 'backend';

/** What is known when a response is there. */
export const RESPONSE_VARIABLES: readonly ResponseVariable[] = [...REQUEST_VARIABLES, 'backend'];

/** A piece of a text: literal, or a variable. */
export type TemplatePart<V extends string> =
  | { readonly text: string; readonly variable?: undefined }
  | { readonly text?: undefined; readonly variable: V };

const VARIABLE = /\{([A-Za-z]\w*)\}/;

/** Takes a text apart. A word in braces that is no variable stays text; `templateProblem` tells of it. */
export function parseTemplate<V extends string>(
  text: string,
  variables: readonly V[],
): readonly TemplatePart<V>[] {
  const parts: TemplatePart<V>[] = [];
  text.split(VARIABLE).forEach((piece, i) => {
    const variable = i % 2 === 1 ? variables.find((name) => name === piece) : undefined;
    if (variable !== undefined) parts.push({ variable });
    else if (i % 2 === 1) parts.push({ text: `{${piece}}` });
    else if (piece !== '') parts.push({ text: piece });
  });
  return parts;
}

/** What is said of a text whose braces name no variable; undefined: all is well. */
export function templateProblem(text: string, variables: readonly string[]): string | undefined {
  const named = text.split(VARIABLE).filter((_, i) => i % 2 === 1);
  const unknown = named.find((name) => !variables.includes(name));
  if (unknown === undefined) return undefined;
  const told = noneOf(variables, unknown);
  return `has {${unknown}}${told.startsWith(':') ? told : `, which ${told}`}`;
}
