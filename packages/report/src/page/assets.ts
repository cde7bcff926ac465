/** What the page carries with it: Chart.js, its annotation plugin, and our own script and styles. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface Asset {
  readonly text: string;
  /** `sha256-…`, for the content security policy. */
  readonly hash: string;
}

export interface Assets {
  readonly styles: Asset;
  /** In the order in which they have to run. */
  readonly scripts: readonly Asset[];
}

/** Later rules win over earlier ones of the same weight. */
const STYLES = ['theme', 'parts', 'figures', 'contents'] as const;

/** The modules of our own script, each after those that it imports. */
const CLIENT = [
  'theme',
  'data',
  'shown',
  'sort',
  'scales',
  'datasets',
  'options',
  'extras',
  'keyboard',
  'charts',
  'report',
] as const;

let loaded: Assets | undefined;

/** Reads the files once. */
export function loadAssets(): Assets {
  loaded ??= {
    styles: asset(STYLES.map((name) => read(clientFile(`${name}.css`))).join('')),
    scripts: [
      besideModule('chart.js', 'chart.umd.min.js'),
      besideModule('chartjs-plugin-annotation', 'chartjs-plugin-annotation.min.js'),
      asset(joined(CLIENT.map((name) => read(clientFile(`${name}.js`))))),
    ],
  };
  return loaded;
}

function clientFile(name: string): URL {
  return new URL(`../../client/${name}`, import.meta.url);
}

function read(url: URL): string {
  return readFileSync(url, 'utf8');
}

/**
 * Modules as one script: an inline script cannot import another, so they share a scope in which the
 * imports are not needed. Two of them may not use one name; the page's tests would not run.
 */
function joined(modules: readonly string[]): string {
  const bodies = modules.map((text) =>
    text.replace(/^import [^;]*;\n/gm, '').replace(/^export /gm, ''),
  );
  return `(() => {\n${bodies.join('\n')}})();\n`;
}

/** The browser builds lie beside each package's entry, which is the file that its exports name. */
function besideModule(name: string, file: string): Asset {
  return asset(read(new URL(file, import.meta.resolve(name))));
}

/**
 * Inlined as it is, but for the reference to a source map that the page does not carry, and for CRLF,
 * which a browser would turn into LF and so change the hash.
 */
function asset(source: string): Asset {
  const text = source.replace(/\r\n?/g, '\n').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error('a script or style cannot be inlined');
  return { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` };
}
