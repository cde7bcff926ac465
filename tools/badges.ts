/**
 * The badges of the README, drawn from what the repository says of itself, so that they cannot be
 * wrong for long: `node tools/badges.ts` writes them, badges.test.ts holds them current.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const CHARACTER_PX = 6.6;
const PADDING_PX = 8;

interface Badge {
  readonly file: string;
  readonly label: string;
  readonly value: string;
}

function manifest(path: string): { license: string; version: string; engines: { node: string } } {
  return JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
}

/** What the badges say today. */
export function badges(): Badge[] {
  const { license, version, engines } = manifest('packages/lb');
  return [
    { file: 'badge-version.svg', label: 'version', value: version },
    { file: 'badge-node.svg', label: 'node', value: engines.node.replace('>=', '≥ ') },
    { file: 'badge-licence.svg', label: 'licence', value: license },
  ];
}

/** A badge as an SVG that explains itself to a screen reader. */
export function drawn({ label, value }: Badge): string {
  const left = Math.round(label.length * CHARACTER_PX + 2 * PADDING_PX);
  const right = Math.round(value.length * CHARACTER_PX + 2 * PADDING_PX);
  const width = left + right;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${label}: ${value}">
  <title>${label}: ${value}</title>
  <clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="${left}" height="20" fill="#444c56"/>
    <rect x="${left}" width="${right}" height="20" fill="#0b6e4f"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
    <text x="${left / 2}" y="14">${label}</text>
    <text x="${left + right / 2}" y="14">${value}</text>
  </g>
</svg>
`;
}

/** Where a badge lies. */
export function pathOf({ file }: Badge): string {
  return join(ROOT, 'docs/images', file);
}

if (import.meta.main) for (const badge of badges()) writeFileSync(pathOf(badge), drawn(badge));
