/**
 * The frame of a page. It carries everything it needs: scripts, styles and figures are in the file,
 * and its content security policy forbids any other, by their hashes, and all network access.
 */

import { deflateRawSync } from 'node:zlib';
import { type Asset, loadAssets } from './assets.ts';
import { type Content, Html, html } from './html.ts';

/** What a page holds besides its frame. */
export interface DocumentContent {
  readonly title: string;
  /** All of it, from the header on. */
  readonly body: Content;
  /** Values that the page's script reads, by the id of their element. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The page as one string of HTML that needs no network. */
export function documentPage({ title, body, data }: DocumentContent): string {
  const { styles, scripts } = loadAssets();
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(styles, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${new Html(styles.text)}</style></head>
<body><a class="skip" href="#figures">Skip to the figures</a>
${body}
${Object.entries(data).map(([id, value]) => html`<script type="text/plain" id="${id}">${packed(value)}</script>`)}
${scripts.map((script) => html`<script>${new Html(script.text)}</script>`)}
</body></html>
`.toString();
}

/** JSON, deflated (RFC 1951), in base64: a tenth of its length, and no text that could end its script. */
function packed(value: unknown): string {
  return deflateRawSync(JSON.stringify(value), { level: 9 }).toString('base64');
}

function policy(styles: Asset, scripts: readonly Asset[]): string {
  const sources = scripts.map((script) => `'${script.hash}'`).join(' ');
  return `default-src 'none'; script-src ${sources}; style-src '${styles.hash}'; img-src data:; base-uri 'none'; form-action 'none'`;
}
