import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { badges, drawn, pathOf } from './badges.ts';

test('the badges say what the published package says', () => {
  for (const badge of badges()) expect(readFileSync(pathOf(badge), 'utf8')).toBe(drawn(badge));
});

test('the README shows every badge, with its text for readers without pictures', () => {
  const readme = readFileSync(join(resolve(import.meta.dirname, '..'), 'README.md'), 'utf8');
  for (const { file, label, value } of badges()) {
    expect(readme).toContain(`![${label}: ${value}](docs/images/${file})`);
  }
});
