/** Which form a client gets. */

import { expect, test } from 'vitest';
import { registryFor } from './exposition.ts';
import { createMetrics } from './prometheus.ts';
import { Traffic } from './traffic.ts';

const source = {
  version: '0',
  traffic: new Traffic(() => 0),
  services: () => [],
  discovery: () => [],
  connections: () => ({ client: 0, upstream: 0 }),
  droppedLogLines: () => 0,
};
const registries = {
  prometheus: createMetrics(source),
  openMetrics: createMetrics(source, true),
};

const PROMETHEUS_3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,' +
  'application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;q=0.4,*/*;q=0.2';

test.each([
  ['', 'prometheus'],
  ['*/*', 'prometheus'],
  ['text/plain', 'prometheus'],
  ['text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
  [PROMETHEUS_3, 'openMetrics'],
  ['application/openmetrics-text', 'openMetrics'],
  ['Application/OpenMetrics-Text; Q=0.5, text/plain; q=0.4', 'openMetrics'],
  ['application/openmetrics-text;q=0.3, text/plain;q=0.4', 'prometheus'],
  ['application/openmetrics-text;q=0', 'prometheus'],
  ['application/openmetrics-text;q=x', 'prometheus'],
] as const)('Accept %s: %s', (accept, form) => {
  expect(registryFor(accept, registries)).toBe(registries[form]);
});

test('a counter has one name in both forms, in whichever order they are asked for', async () => {
  const open = await registries.openMetrics.metrics();
  const text = await registries.prometheus.metrics();
  expect(open).toMatch(/^# TYPE evenkeel_requests counter$/m);
  expect(open).toMatch(/^evenkeel_access_log_lines_dropped_total 0$/m);
  expect(open.endsWith('\n# EOF\n')).toBe(true);
  expect(text).toMatch(/^# TYPE evenkeel_requests_total counter$/m);
  expect(text).toMatch(/^evenkeel_access_log_lines_dropped_total 0$/m);
});
