/**
 * OpenTelemetry's variables (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/)
 * as far as the SDK's parts do not read them by themselves: whether traces are sent, which, and how many wait.
 */

/** What the variables ask for. */
export interface TracingSettings {
  readonly sampler: SamplerSettings;
  readonly queue: QueueSettings;
}

/** Which traces are kept. */
export interface SamplerSettings {
  /** A client's decision goes before. */
  readonly isParentBased: boolean;
  /** Share of the traces, 0 to 1. */
  readonly ratio: number;
}

/** Spans that wait to be sent. */
export interface QueueSettings {
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduledDelayMillis: number;
  readonly exportTimeoutMillis: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ENDPOINTS = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const;
const PROTOCOLS = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;
const SAMPLER = /^(parentbased_)?(always_on|always_off|traceidratio)$/;
/** Whatever is asked for: a span takes about 1 KB. */
const QUEUE_MAX = 100_000;
const DELAY_MS_MAX = 2 ** 31 - 1;

/**
 * Reads the variables.
 * @param warn is told of what cannot be used, one line each
 * @returns undefined: no traces are to be sent
 */
export function tracingSettings(
  environment: Environment,
  warn: (message: string) => void,
): TracingSettings | undefined {
  const given = (name: string): string => environment[name]?.trim() ?? '';
  const endpoint = ENDPOINTS.find((name) => given(name) !== '');
  if (endpoint === undefined || given('OTEL_SDK_DISABLED').toLowerCase() === 'true') {
    return undefined;
  }
  const exporters = given('OTEL_TRACES_EXPORTER') || 'otlp';
  if (exporters === 'none') return undefined;
  const off = (message: string): undefined => {
    warn(`${message}; no traces are sent`);
  };
  if (!exporters.split(',').includes('otlp')) {
    return off(`OTEL_TRACES_EXPORTER: expected otlp or none, got ${exporters}`);
  }
  if (!/^https?:$/.test(URL.parse(given(endpoint))?.protocol ?? '')) {
    return off(`${endpoint}: expected a URL of http or https, got ${given(endpoint)}`);
  }
  const protocol = PROTOCOLS.find((name) => given(name) !== '');
  if (protocol !== undefined && !given(protocol).startsWith('http/')) {
    return off(`${protocol}: expected http/json or http/protobuf, got ${given(protocol)}`);
  }
  return { sampler: samplerOf(given, warn), queue: queueOf(given, warn) };
}

function samplerOf(
  given: (name: string) => string,
  warn: (message: string) => void,
): SamplerSettings {
  const name = given('OTEL_TRACES_SAMPLER') || 'parentbased_always_on';
  const [, parentBased, kind] = SAMPLER.exec(name) ?? [];
  if (kind === undefined) warn(`OTEL_TRACES_SAMPLER: expected ${SAMPLERS}, got ${name}`);
  const isParentBased = parentBased !== undefined || kind === undefined;
  if (kind !== 'traceidratio') return { isParentBased, ratio: kind === 'always_off' ? 0 : 1 };
  const written = given('OTEL_TRACES_SAMPLER_ARG');
  const ratio = Number(written);
  if (written === '') return { isParentBased, ratio: 1 };
  if (ratio >= 0 && ratio <= 1) return { isParentBased, ratio };
  warn(`OTEL_TRACES_SAMPLER_ARG: expected a share from 0 to 1, got ${written}`);
  return { isParentBased, ratio: 1 };
}

const SAMPLERS = 'always_on, always_off, traceidratio, or one of them after parentbased_';

function queueOf(given: (name: string) => string, warn: (message: string) => void): QueueSettings {
  const number = (name: string, fallback: number, max: number): number => {
    const written = given(name);
    if (written === '') return fallback;
    const value = Number(written);
    if (Number.isInteger(value) && value >= 1 && value <= max) return value;
    warn(`${name}: expected an integer from 1 to ${max}, got ${written}`);
    return fallback;
  };
  const maxQueueSize = number('OTEL_BSP_MAX_QUEUE_SIZE', 2048, QUEUE_MAX);
  const batch = number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 512, QUEUE_MAX);
  return {
    maxQueueSize,
    maxExportBatchSize: Math.min(batch, maxQueueSize),
    scheduledDelayMillis: number('OTEL_BSP_SCHEDULE_DELAY', 5_000, DELAY_MS_MAX),
    exportTimeoutMillis: number('OTEL_BSP_EXPORT_TIMEOUT', 30_000, DELAY_MS_MAX),
  };
}
