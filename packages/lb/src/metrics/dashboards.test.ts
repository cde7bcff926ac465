/** Dashboard, alert rules and docs speak of metrics and labels that there are; the docs of all of them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMetrics } from './prometheus.ts';
import { Traffic } from './traffic.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The labels of each metric, by every name under which it has series. */
const LABELS = new Map<string, readonly string[]>();
const metrics = createMetrics({
  version: '0',
  traffic: new Traffic(() => 0),
  services: () => [],
  discovery: () => [],
  connections: () => ({ client: 0, upstream: 0 }),
  droppedLogLines: () => 0,
}).getMetricsAsArray() as unknown as readonly {
  name: string;
  labelNames: string[];
  type: string;
}[];
for (const { name, labelNames } of metrics) {
  LABELS.set(name, labelNames);
  if (name.endsWith('_seconds')) {
    for (const suffix of ['bucket', 'sum', 'count']) LABELS.set(`${name}_${suffix}`, labelNames);
  }
}

/** Those that Prometheus adds, and that of a histogram's buckets. */
const ADDED = ['instance', 'job', 'le'];

test.each(['rules.yaml', 'dashboard.json'])('%s asks for nothing that is not there', (file) => {
  const text = read(`examples/grafana/${file}`).replaceAll('\\"', '"');
  const asked = [...text.matchAll(/\b((?:evenkeel|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)];
  expect(asked.length).toBeGreaterThan(5);
  for (const [, name = '', selector = ''] of asked) {
    expect(LABELS.keys(), name).toContain(name);
    for (const [, label] of selector.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)) {
      expect([...ADDED, ...(LABELS.get(name) ?? [])], `${name}{${selector}}`).toContain(label);
    }
  }
});

test('the docs name every metric, no other, and its labels', () => {
  const [, section = ''] =
    /^## Metrics\n([\s\S]*?)(?:^## |$(?![\s\S]))/m.exec(read('docs/11-observability.md')) ?? [];
  const told = new Map<string, string[]>();
  for (const [, names = '', labels = ''] of section.matchAll(/^\| (`\w+`[^|]*)\|([^|]*)\|/gm)) {
    const words = (cell: string): string[] =>
      [...cell.matchAll(/`(\w+)`/g)].map(([, w]) => w ?? '');
    for (const name of words(names)) if (name !== 'metric') told.set(name, words(labels).sort());
  }
  const real = metrics.map(({ name, labelNames }) => [name, [...labelNames].sort()] as const);
  expect([...told].sort()).toEqual(real.sort());
});
