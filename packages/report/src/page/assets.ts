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

let loaded: Assets | undefined;

/** Reads the files once. */
export function loadAssets(): Assets {
  loaded ??= {
    styles: asset(new URL('../../client/report.css', import.meta.url)),
    scripts: [
      besideModule('chart.js', 'chart.umd.min.js'),
      besideModule('chartjs-plugin-annotation', 'chartjs-plugin-annotation.min.js'),
      asset(new URL('../../client/report.js', import.meta.url)),
    ],
  };
  return loaded;
}

/** The browser builds lie beside each package's entry, which is the file that its exports name. */
function besideModule(name: string, file: string): Asset {
  return asset(new URL(file, import.meta.resolve(name)));
}

/**
 * Inlined as it is, but for the reference to a source map that the page does not carry, and for CRLF,
 * which a browser would turn into LF and so change the hash.
 */
function asset(url: URL): Asset {
  const text = readFileSync(url, 'utf8')
    .replace(/\r\n?/g, '\n')
    .replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error(`${url.pathname} cannot be inlined`);
  return { text, hash: `sha256-${createHash('sha256').update(text).digest('base64')}` };
}
