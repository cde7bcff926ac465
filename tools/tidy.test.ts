/** The rules of the house that a test can check; ARCHITECTURE.md says why they are there. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const SKIPPED = new Set(['node_modules', 'dist', 'reports', 'coverage', '.git', '.stryker-tmp']);

const MAX_FILE_LINES = 300;
const MAX_FUNCTION_LINES = 60;
const MAX_COLUMNS = 100;

/** Which packages a package may import; what is not listed here is forbidden. */
const ARROWS: Record<string, readonly string[]> = {
  core: [],
  config: ['core'],
  lb: ['core', 'config'],
  report: ['core'],
  sim: ['core', 'config', 'report'],
  backends: ['core', 'config', 'sim'],
  bench: ['core', 'sim', 'backends', 'report'],
  course: ['core', 'sim'],
  lab: ['core', 'config', 'sim', 'report'],
};

interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [relative(ROOT, path)];
  });
}

function read(path: string): Source {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return { path, text, lines: text.split('\n') };
}

const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.includes('/test/');
const ALL = filesBelow(ROOT);
const SOURCES = ALL.filter((path) => /\.ts$/.test(path)).map(read);
const CODE = SOURCES.filter((source) => !isTest(source.path));
const CORE = CODE.filter((source) => source.path.startsWith('packages/core/src/'));

/** The code without its comments, so that prose may name what code may not use. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function importsOf(source: Source): string[] {
  const found = source.text.matchAll(
    /^(?:import|export)\b[^;]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'/gm,
  );
  return [...found].map((match) => match[1] ?? match[2] ?? '');
}

/** The package that a path lies in, e.g. `lb`. */
function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

function importedPackage(source: Source, specifier: string): string | undefined {
  const scoped = /^@evenkeel\/([^/]+)/.exec(specifier)?.[1];
  if (scoped !== undefined) return scoped;
  if (!specifier.startsWith('.')) return undefined;
  return packageOf(relative(ROOT, resolve(ROOT, dirname(source.path), specifier)));
}

/** Functions and methods by the shape that the formatter gives them: header, indented body, brace. */
function longFunctions(source: Source): string[] {
  const { lines, path } = source;
  const header =
    /^(\s*)(?!(?:if|for|while|switch|return|catch)\b)(?:[\w.]+ )*(?:function\*? )?#?\w+(?: = (?:async )?)?\(/;
  return lines.flatMap((line, first) => {
    const indent = header.exec(line)?.[1];
    if (indent === undefined) return [];
    const closesHeader = line.endsWith('(')
      ? lines.findIndex((l, i) => i > first && l.startsWith(`${indent})`))
      : first;
    if (!lines[closesHeader]?.endsWith('{')) return [];
    const last = lines.findIndex((l, i) => i > closesHeader && l.startsWith(`${indent}}`));
    const length = last - first + 1;
    return length > MAX_FUNCTION_LINES ? [`${path}:${first + 1} has ${length} lines`] : [];
  });
}

describe('the arrows', () => {
  test('ARCHITECTURE.md lists every package, and what each may import', () => {
    const text = read('ARCHITECTURE.md').text;
    const [, tree = ''] = /^packages\/\n((?: {2}.*\n)+)/m.exec(text) ?? [];
    const listed = [...tree.matchAll(/^ {2}(\w+)\//gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(readdirSync(join(ROOT, 'packages')).toSorted());

    const [, arrows = ''] =
      /may import only these others[^`]*`[^`]*`[^`]*```\n([^`]*)```/.exec(text) ?? [];
    const told = [...arrows.matchAll(/^(\w+) +(.+)$/gm)].map(([, from, to = '']) => [
      from,
      to === 'nothing' ? [] : to.split(', '),
    ]);
    expect(Object.fromEntries(told)).toEqual(ARROWS);
  });

  test('a package imports only those below it', () => {
    const wrong = SOURCES.flatMap((source) => {
      const from = packageOf(source.path);
      if (from === undefined) return [];
      const allowed = [from, ...(ARROWS[from] ?? [])];
      return importsOf(source)
        .filter((specifier) => {
          const to = importedPackage(source, specifier);
          return to !== undefined && !allowed.includes(to);
        })
        .map((specifier) => `${source.path} imports ${specifier}`);
    });
    expect(wrong).toEqual([]);
  });

  test('other packages are imported by name, never by path', () => {
    const wrong = SOURCES.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith('.'))
        .filter((specifier) => !(isTest(source.path) && specifier.includes('/tools/')))
        .filter((specifier) => importedPackage(source, specifier) !== packageOf(source.path))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test('core imports nothing but core', () => {
    const wrong = CORE.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => !specifier.startsWith('.'))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test('what starts, reloads, watches or ends a balancer knows no protocol but through fronts.ts', () => {
    const control =
      /^packages\/lb\/src\/(?:(?:server|services?|reload|shutdown|front|observer|reasons|backends|event-log|wheel)\.ts|(?:admin|membership|metrics|log|probe)\/)/;
    const files = SOURCES.filter(({ path }) => control.test(path) && !isTest(path));
    expect(files.length).toBeGreaterThan(15);
    const wrong = files.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => /\/(?:http1|tcp)\//.test(specifier))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the engine of the simulator runs in a browser: nothing of Node', () => {
    const engine = CODE.filter((source) => source.path.startsWith('packages/sim/src/engine/'));
    expect(engine).not.toEqual([]);
    const wrong = engine.flatMap((source) =>
      importsOf(source)
        .filter((specifier) => specifier.startsWith('node:'))
        .map((specifier) => `${source.path} imports ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('time and randomness', () => {
  function uses(sources: readonly Source[], banned: RegExp): string[] {
    return sources.flatMap((source) => {
      const found = withoutComments(source.text).match(banned);
      return found === null ? [] : [`${source.path} uses ${found[0]}`];
    });
  }

  test('core has only the doors in ports.ts', () => {
    const ambient =
      /\b(?:Date|performance|setTimeout|setInterval|setImmediate|queueMicrotask|Promise|async|await|console|process|globalThis|fetch|Math\.random)\b/;
    expect(uses(CORE, ambient)).toEqual([]);
  });

  test('core computes what every machine computes alike', () => {
    const inexact =
      /\bMath\.(?:log\w*|exp\w*|pow|a?sin\w*|a?cos\w*|a?tan\w*|cbrt|hypot)\b|(?<!\b2 )\*\*|\*\*(?! -?\d)/;
    const exact = CORE.filter((source) => !source.path.endsWith('/math.ts'));
    expect(uses(exact, inexact)).toEqual([]);
    const engine = CODE.filter((source) => source.path.startsWith('packages/sim/src/engine/'));
    expect(uses(engine, inexact)).toEqual([]);
  });

  test('nothing is drawn from Math.random', () => {
    // What a wrong solution does is what it is there for.
    const right = CODE.filter((source) => !/^exercises\/[^/]+\/wrong\//.test(source.path));
    expect(uses(right, /\bMath\.random\b/)).toEqual([]);
  });
});

describe('size and shape', () => {
  test(`a source file has at most ${MAX_FILE_LINES} lines`, () => {
    const wrong = CODE.filter((source) => source.lines.length > MAX_FILE_LINES + 1);
    expect(wrong.map((source) => `${source.path}: ${source.lines.length}`)).toEqual([]);
  });

  test(`a function has at most ${MAX_FUNCTION_LINES} lines`, () => {
    expect(CODE.flatMap(longFunctions)).toEqual([]);
  });

  test(`a line has at most ${MAX_COLUMNS} columns, but for what cannot be broken`, () => {
    const wrong = CODE.flatMap((source) =>
      source.lines
        .map((line, i) => ({ line, at: `${source.path}:${i + 1}` }))
        .filter(({ line }) => [...line].length > MAX_COLUMNS + 20 && !/['"`/]/.test(line))
        .map(({ at }) => at),
    );
    expect(wrong).toEqual([]);
  });

  test('a source file begins by saying what it is', () => {
    const wrong = CODE.filter((source) => !/^(?:#!.*\n+)?\s*(?:\/\*\*|\/\/)/.test(source.text));
    expect(wrong.map((source) => source.path)).toEqual([]);
  });
});

describe('what is left out', () => {
  test('no test is focused', () => {
    const wrong = SOURCES.filter((source) => /\b(?:test|it|describe)\.only\b\(/.test(source.text));
    expect(wrong.map((source) => source.path)).toEqual([]);
  });

  test('no file names the address of a package registry', () => {
    const text = ALL.filter((path) =>
      /(?:\.(?:ts|js|mjs|json|ya?ml|md|html|npmrc)|\/run)$/.test(path),
    );
    const registry = new RegExp(['regist', 'ry\\.(?:npmjs|yarnpkg)|tarball: *http'].join(''));
    expect(text.filter((path) => registry.test(read(path).text))).toEqual([]);
  });

  test('the lock file holds no address at all', () => {
    expect(read('pnpm-lock.yaml').text).not.toMatch(/https?:/);
  });
});

test('a chapter of the docs begins with the number of its file, other pages with none', () => {
  const pages = ALL.filter((path) => /^docs\/.*\.md$/.test(path)).map(read);
  const wrong = pages.filter(({ path, lines }) => {
    const number = /(?:^|\/)(\d+)-[^/]+$/.exec(path)?.[1];
    const expected =
      number === undefined ? /^# (?!\d)\S/ : new RegExp(`^# ${Number(number)}\\. \\S`);
    return !expected.test(lines[0] ?? '');
  });
  expect(wrong.map(({ path, lines }) => `${path}: ${lines[0]}`)).toEqual([]);
});
