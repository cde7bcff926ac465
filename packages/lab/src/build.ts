/**
 * Builds the page: one HTML file with everything in it. The worker's code is a text in the page's script, which
 * makes a Blob of it: module scripts and worker files cannot be loaded from `file://`. The policy in
 * the head names what may run by its hash, and allows no connection at all.
 */

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SCENARIO_FOLDER, scenarioNames } from '@evenkeel/sim';
import { build } from 'esbuild';
import type { LabFile } from './state/lab-file.ts';

const CLIENT = fileURLToPath(new URL('../client/', import.meta.url));

async function bundle(entry: string, define: Record<string, string>): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(CLIENT, entry)],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    define,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

/** The library of scenarios as texts, by name. */
async function library(): Promise<Record<string, string>> {
  const texts = scenarioNames().map(async (name) => {
    const text = await readFile(join(SCENARIO_FOLDER, `${name}.yaml`), 'utf8');
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

/** Inside a script or style element a text must not end it. */
function inline(text: string): string {
  return text.replace(/<\/(script|style)/gi, '<\\/$1').replace(/<!--/g, '<\\!--');
}

const sha256 = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** JSON that can stand in a script element. */
function inlineJson(value: unknown): string {
  return JSON.stringify(value).replace(/</g, '\\u003c');
}

/** The page's parts, which stay the same while a server runs. */
export interface PageParts {
  readonly template: string;
  readonly styles: string;
  readonly script: string;
}

/** Bundles everything. Takes a second or two. */
export async function pageParts(): Promise<PageParts> {
  const worker = await bundle('worker.ts', {});
  const [template, styles, script] = await Promise.all([
    readFile(join(CLIENT, 'page.html'), 'utf8'),
    bundle('styles.css', {}),
    bundle('main.ts', {
      WORKER_CODE: JSON.stringify(worker),
      LIBRARY: JSON.stringify(await library()),
    }),
  ]);
  return { template, styles: inline(styles), script: inline(script) };
}

/** The whole page; with `file` it opens what that holds. */
export function pageHtml({ template, styles, script }: PageParts, file?: LabFile): string {
  // User code runs in workers made of Blobs, which take over this policy: no way out, and no eval.
  const policy = [
    "default-src 'none'",
    `script-src ${sha256(script)}`,
    "style-src 'unsafe-inline'",
    'worker-src blob:',
    'img-src data: blob:',
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts: Record<string, string> = {
    POLICY: `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    STYLES: `<style>${styles}</style>`,
    START: `<script type="application/json" id="start">${inlineJson(file ?? null)}</script>`,
    SCRIPT: `<script>${script}</script>`,
  };
  return template.replace(/<!-- ([A-Z]+) -->/g, (_, name: string) => parts[name] ?? '');
}

/** Writes the page into a folder, which is made if there is none; returns the path of the file. */
export async function writePage(folder: string, file?: LabFile): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'index.html');
  await writeFile(path, pageHtml(await pageParts(), file));
  return path;
}
