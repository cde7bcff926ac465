/**
 * What students get: the kit without solutions, wrong solutions and tests, every exercise as it was at the
 * start. It works on its own, and, once installed, offline.
 */

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { START, writeProgress } from '../learn/progress.ts';

const LEFT_OUT: readonly RegExp[] = [
  /^exercises\/[^/]+\/(?:solutions|wrong)\//,
  /^exercises\/progress\.yaml$/,
  /\.test\.ts$/,
  /^packages\/[^/]+\/(?:test|fuzz)\//,
  /^packages\/course\/(?:mutation|src\/mutation)\//,
  /^tools\//,
  /^\.(?!gitignore)/,
  /^(?:stryker\.config\.json|knip\.json|vitest[^/]*\.ts|CONTRIBUTING\.md)$/,
  /^packages\/core\/vitest/,
  /^docs\/teaching\.md$/,
];

const SCRIPTS = [
  'lb',
  'fleet',
  'bench',
  'chaos',
  'sim',
  'demo',
  'lab',
  'learn',
  'grade',
  'blackbox',
];
const SKIPPED = new Set(['node_modules', 'dist', 'reports', 'coverage', '.git', '.stryker-tmp']);

const README = `# Load balancing: coursework

On a machine with Node 20 and npm:

\`\`\`
npx -y pnpm@12 learn     # installs what is missing, then the first exercise
npx -y pnpm@12 grade     # the marks of what you have so far
\`\`\`

The exercises are in \`exercises/\`, each with a README. \`pnpm learn --help\` says what else there is. Set \`student\` and \`courseSeed\` in
\`exercises/progress.yaml\` to what your instructor gave you.
`;

/** Files of the kit, relative: those under version control where there is some, else all. */
function filesOf(kit: string): string[] {
  if (existsSync(join(kit, '.git'))) {
    const listed = execFileSync('git', ['-C', kit, 'ls-files', '-z'], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    return listed.split('\0').filter((file) => file !== '' && existsSync(join(kit, file)));
  }
  const below = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (SKIPPED.has(entry.name)) return [];
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return below(path);
      return entry.isFile() ? [relative(kit, path).split(sep).join('/')] : [];
    });
  return below(kit);
}

/** The student's own file is the starter, whatever stands there in this copy. */
function sourceOf(kit: string, file: string): string {
  const [, folder, name] = /^(exercises\/\d\d-[^/]+)\/([^/]+)$/.exec(file) ?? [];
  const starter = folder === undefined ? '' : join(kit, folder, 'starter', name ?? '');
  return starter !== '' && existsSync(starter) ? starter : join(kit, file);
}

function studentManifest(text: string): string {
  const manifest = JSON.parse(text) as { scripts: Record<string, string> };
  const scripts = Object.fromEntries(
    Object.entries(manifest.scripts).filter(([name]) => SCRIPTS.includes(name)),
  );
  return `${JSON.stringify({ ...manifest, scripts }, null, 2)}\n`;
}

/** @returns how many files were written to `out` */
export function writeHandout(kit: string, out: string): number {
  const files = filesOf(kit).filter((file) => !LEFT_OUT.some((pattern) => pattern.test(file)));
  for (const file of files) {
    const target = join(out, file);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(sourceOf(kit, file), target);
  }
  const manifest = join(out, 'package.json');
  writeFileSync(manifest, studentManifest(readFileSync(manifest, 'utf8')));
  writeFileSync(join(out, 'README.md'), README);
  writeProgress(join(out, 'exercises'), START);
  return files.length;
}
