/** Links between documents lead somewhere, and the commands that documents name exist. */

import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'packages/*/*.md', 'exercises/**/*.md'], {
  cwd: ROOT,
  exclude: (path) => path.includes('node_modules'),
});

const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The text without blocks of code, in which brackets are no links. */
const proseOf = (path: string): string => textOf(path).replace(/^```[\s\S]*?^```/gm, '');

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');

function anchorsOf(path: string): string[] {
  return [...proseOf(path).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

test('every link within the repository leads to a file, and to a heading of it', () => {
  const broken = DOCUMENTS.flatMap((document) => {
    const links = [...proseOf(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to);
    return links
      .filter((to) => !/^[a-z]+:/.test(to))
      .filter((to) => {
        const [file = '', anchor] = to.split('#');
        const path = file === '' ? document : join(dirname(document), file);
        if (!existsSync(join(ROOT, path))) return true;
        return anchor !== undefined && !anchorsOf(path).includes(anchor);
      })
      .map((to) => `${document}: ${to}`);
  });
  expect(broken).toEqual([]);
});

test('README.md lists every chapter, in order', () => {
  const listed = [...textOf('README.md').matchAll(/^\d+\. \[.*\]\((docs\/.*)\)$/gm)];
  const chapters = DOCUMENTS.filter((path) => /^docs\/\d\d-/.test(path)).toSorted();
  expect(listed.map(([, path]) => path)).toEqual(chapters);
});

test('every `pnpm` command in the documents is a script of package.json or a command of pnpm', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const known = new Set([
    ...Object.keys(scripts),
    'exec',
    'publish',
    'install',
    'add',
    'run',
    '-r',
  ]);
  const wrong = DOCUMENTS.flatMap((document) =>
    [...textOf(document).matchAll(/(?:^|`)pnpm (?:-s )?([\w:-]+)/gm)]
      .filter(([, name = '']) => !known.has(name))
      .map(([line]) => `${document}: ${line}`),
  );
  expect(wrong).toEqual([]);
});
