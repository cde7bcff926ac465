/**
 * The one place where text becomes HTML. `html` escapes every value that is not itself `Html`, so a
 * page cannot forget to: backend names, error texts and commands come from other people's files.
 * Attribute values have to stand in double quotes.
 */

/** Markup that may be put into a page as it is. Only `html` and `jsonForScript` make it. */
export class Html {
  readonly #markup: string;

  constructor(markup: string) {
    this.#markup = markup;
  }

  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template; null, undefined and false leave nothing behind. */
export type Content = Html | string | number | null | undefined | false | readonly Content[];

/** Tagged template: the literal parts are markup, every value is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  let markup = parts[0] ?? '';
  values.forEach((value, i) => {
    markup += render(value) + (parts[i + 1] ?? '');
  });
  return new Html(markup);
}

/**
 * JSON for a `<script type="application/json">`: without `<` neither `</script` nor `<!--` can occur
 * in it, and a JSON parser reads the escape back as the character.
 */
export function jsonForScript(value: unknown): Html {
  return new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function render(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Html) return content.toString();
  if (typeof content === 'object') return content.map(render).join('');
  return escapeText(String(content));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}
