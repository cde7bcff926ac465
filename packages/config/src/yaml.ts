/**
 * YAML (every JSON text is YAML) with the place of each value. What a text can do is bounded before its
 * values are made: nesting, aliases, and keys that are no names. `${VAR}` in a value is replaced here.
 */

import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from 'yaml';
import { DEPTH_MAX, PROBLEMS_MAX } from './check.ts';
import type { Path } from './messages.ts';

/** A text read. */
export interface YamlText {
  readonly value: unknown;
  /** `LINE:COLUMN` of the value at a path, or of the nearest one around it. */
  locate(path: Path): string | undefined;
}

/** What is wrong with a text, and where. */
export interface YamlProblem {
  readonly message: string;
  /** `LINE:COLUMN`. */
  readonly at: string;
}

/** Aliases in one text: each is looked up from the start. */
const ALIASES_MAX = 1000;

/** Variables that `${NAME}` stands for. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads a text; of several problems the first ones are told.
 * @param variables what `${NAME}` stands for; without them it is text like any other
 */
export function parseYaml(
  text: string,
  variables?: Variables,
): YamlText | readonly [YamlProblem, ...YamlProblem[]] {
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${line}:${col}`;
  };
  const early = absurdity(text);
  if (early !== undefined) {
    const before = text.slice(0, early.offset);
    const column = early.offset - before.lastIndexOf('\n');
    return [{ message: early.message, at: `${before.split('\n').length}:${column}` }];
  }
  let document: Document;
  try {
    const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
    document = parseDocument(text, options);
  } catch {
    return [{ message: 'it cannot be read: is it nested too deep?', at: '1:1' }];
  }
  const [first, ...more] = [...document.errors, ...document.warnings].slice(0, PROBLEMS_MAX);
  if (first !== undefined) {
    const toProblem = ({ message, pos }: typeof first): YamlProblem => ({
      message: `not valid YAML: ${withoutSource(message)}`,
      at: at(pos[0]),
    });
    return [toProblem(first), ...more.map(toProblem)];
  }
  const problems: YamlProblem[] = [];
  const limits = { aliases: 0, problems, at, variables };
  inspect(document.contents, limits);
  const [one, ...others] = problems.slice(0, PROBLEMS_MAX);
  if (one !== undefined) return [one, ...others];
  try {
    return { value: document.toJS(), locate: (path) => locate(document, path, at) };
  } catch {
    return [{ message: 'its aliases make it too large', at: '1:1' }];
  }
}

const CLOSING: Readonly<Record<string, string>> = { '[': ']', '{': '}' };
/** What the lexer puts before documents and scalars. */
const MARKS: ReadonlySet<string> = new Set(['\x02', '\x18', '\x1f']);

/** Tokens in one text: room for some ten thousand backends. */
const TOKENS_MAX = 300_000;

/**
 * Looks for what the parser would spend many seconds on before it gives up: brackets that do not
 * match, nesting without end, a text of nothing but punctuation.
 * @returns where that is
 */
function absurdity(text: string): { message: string; offset: number } | undefined {
  const open: string[] = [];
  /** Block indicators with nothing between them: `- - - -`. */
  let indicators = 0;
  let tokens = 0;
  let offset = 0;
  for (const token of new Lexer().lex(text)) {
    const isBlank = /^[ \t]*$/.test(token);
    if (!isBlank) indicators = token === '-' || token === '?' || token === ':' ? indicators + 1 : 0;
    if (token === '[' || token === '{') open.push(token);
    if (token === ']' || token === '}') {
      const opening = open.pop();
      if (opening === undefined || CLOSING[opening] !== token) {
        return { message: 'not valid YAML: brackets must match', offset };
      }
    }
    if (Math.max(open.length, indicators) > DEPTH_MAX) {
      return { message: `it must be nested at most ${DEPTH_MAX} deep`, offset };
    }
    if (!isBlank && ++tokens > TOKENS_MAX) {
      return { message: `it must be at most ${TOKENS_MAX} tokens long`, offset };
    }
    // The lexer's marks for documents and scalars are no part of the text.
    if (!MARKS.has(token)) offset += token.length;
  }
  return undefined;
}

/** The parser quotes what it stumbled over, which may be a secret. */
function withoutSource(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/: ".*$/, '');
}

interface Inspection {
  aliases: number;
  readonly problems: YamlProblem[];
  readonly at: (offset: number) => string;
  readonly variables: Variables | undefined;
}

/** Checks the nodes of a document, and replaces variables in its values. */
function inspect(root: unknown, inspection: Inspection): void {
  const { problems, at } = inspection;
  const tell = (node: unknown, message: string): void => {
    problems.push({ message, at: at((node as Node | null)?.range?.[0] ?? 0) });
  };
  const open: { node: unknown; depth: number }[] = [{ node: root, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, depth } = next;
    if (problems.length >= PROBLEMS_MAX) return;
    if (depth > DEPTH_MAX) {
      tell(node, `it must be nested at most ${DEPTH_MAX} deep`);
      return;
    }
    if (isAlias(node) && ++inspection.aliases > ALIASES_MAX) {
      tell(node, `it must have at most ${ALIASES_MAX} aliases`);
      return;
    }
    if (isScalar(node)) {
      const missing = inspection.variables && expand(node, inspection.variables);
      if (missing !== undefined) tell(node, `the variable ${missing} is not set`);
    } else if (isSeq(node)) {
      for (const item of node.items) open.push({ node: item, depth: depth + 1 });
    } else if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key, value } of node.items.filter(isPair)) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name === undefined) tell(key, 'keys must be plain names');
        else if (seen.has(name)) tell(key, `the key ${name} is given twice`);
        else seen.add(name);
        open.push({ node: value, depth: depth + 1 });
      }
    }
  }
}

/**
 * Replaces each `${NAME}`. A value that is one variable and nothing else becomes a number if the
 * text of the variable is how that number is written, else text; so no digit of a secret is lost.
 * @returns the name of a variable that is not set
 */
function expand(node: Scalar, variables: Variables): string | undefined {
  const { value } = node;
  if (typeof value !== 'string' || !value.includes('${')) return undefined;
  let missing: string | undefined;
  const text = value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
    const replacement = variables[name];
    if (replacement === undefined || replacement === '') missing ??= name;
    return replacement ?? '';
  });
  const isWhole = /^\$\{\w+\}$/.test(value);
  if (isWhole && Number.isFinite(Number(text)) && String(Number(text)) === text)
    node.value = Number(text);
  else if (isWhole && (text === 'true' || text === 'false')) node.value = text === 'true';
  else node.value = text;
  return missing;
}

function locate(
  document: Document,
  path: Path,
  at: (offset: number) => string,
): string | undefined {
  let node: unknown = document.contents;
  let offset = (node as Node | null)?.range?.[0];
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    const pair = isMap(node)
      ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
      : undefined;
    const child: unknown = isSeq(node) ? node.items[Number(key)] : pair?.value;
    const place = pair?.key ?? child;
    if (place === undefined || place === null) break;
    offset = (place as Node).range?.[0] ?? offset;
    node = child;
  }
  return offset === undefined ? undefined : at(offset);
}
