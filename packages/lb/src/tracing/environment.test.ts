/** What OpenTelemetry's variables come to, and that each value that cannot be used is named. */

import { expect, test } from 'vitest';
import { type TracingSettings, tracingSettings } from './environment.ts';

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
const QUEUE = {
  ...{ maxQueueSize: 2048, maxExportBatchSize: 512 },
  ...{ scheduledDelayMillis: 5_000, exportTimeoutMillis: 30_000 },
};

function read(variables: Record<string, string>): [TracingSettings | undefined, string[]] {
  const warnings: string[] = [];
  return [tracingSettings(variables, (message) => warnings.push(message)), warnings];
}

test.each([
  [{}],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
  [{ ...ENDPOINT, OTEL_SDK_DISABLED: 'true' }],
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
  [{ OTEL_TRACES_SAMPLER: 'always_on' }],
])('%o: off, and nothing is said', (variables) => {
  expect(read(variables)).toEqual([undefined, []]);
});

test.each([
  [{ ...ENDPOINT, OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER: .*zipkin'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT: .*collector'],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'x' }, 'OTLP_TRACES_ENDPOINT: .*, got x'],
  [{ ...ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'OTEL_EXPORTER_OTLP_PROTOCOL: .*grpc'],
])('%o: off, and why', (variables, told) => {
  const [settings, warnings] = read(variables);
  expect(settings).toBeUndefined();
  expect(warnings).toEqual([expect.stringMatching(new RegExp(`${told}.*; no traces are sent$`))]);
});

test.each([
  ['', '', true, 1],
  ['always_on', '', false, 1],
  ['always_off', '', false, 0],
  ['parentbased_always_off', '', true, 0],
  ['traceidratio', '0.25', false, 0.25],
  ['parentbased_traceidratio', '0', true, 0],
  ['traceidratio', '', false, 1],
])('sampler %s %s', (name, arg, isParentBased, ratio) => {
  const [settings, warnings] = read({
    ...ENDPOINT,
    ...{ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg },
  });
  expect(settings).toEqual({ sampler: { isParentBased, ratio }, queue: QUEUE });
  expect(warnings).toEqual([]);
});

test('what cannot be used is named, and the default stands', () => {
  const [settings, warnings] = read({
    ...ENDPOINT,
    ...{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
    ...{ OTEL_BSP_MAX_QUEUE_SIZE: '0', OTEL_BSP_SCHEDULE_DELAY: 'soon' },
  });
  expect(settings).toEqual({ sampler: { isParentBased: false, ratio: 1 }, queue: QUEUE });
  expect(warnings.map((line) => line.replace(/:.*/, ''))).toEqual([
    ...['OTEL_TRACES_SAMPLER_ARG', 'OTEL_BSP_MAX_QUEUE_SIZE', 'OTEL_BSP_SCHEDULE_DELAY'],
  ]);
  const [unknown, told] = read({ ...ENDPOINT, OTEL_TRACES_SAMPLER: 'jaeger_remote' });
  expect(unknown?.sampler).toEqual({ isParentBased: true, ratio: 1 });
  expect(told).toEqual([expect.stringContaining('jaeger_remote')]);
});

test('a batch is no larger than the queue', () => {
  const [settings] = read({ ...ENDPOINT, OTEL_BSP_MAX_QUEUE_SIZE: '100' });
  expect(settings?.queue).toMatchObject({ maxQueueSize: 100, maxExportBatchSize: 100 });
});
