/** Texts with variables, made ready to be filled in. */

import { parseTemplate, RESPONSE_VARIABLES } from '@evenkeel/config';
import type { Render } from './operation.ts';

/** What may stand in a field's value or a URL; everything a request is parsed into is within this already. */
const NOT_VISIBLE = /[^\t\x20-\x7e\x80-\xff]/g;

/**
 * A function that fills in a text. No value can end a line: the parser lets no control character into a
 * request, and whatever came by another way is left out here.
 */
export function renderer(text: string): Render {
  const parts = parseTemplate(text, RESPONSE_VARIABLES);
  if (parts.every((part) => part.variable === undefined)) return () => text;
  return (request) => {
    let result = '';
    for (const part of parts) {
      result += part.variable === undefined ? part.text : request[part.variable];
    }
    return result.replace(NOT_VISIBLE, '');
  };
}
