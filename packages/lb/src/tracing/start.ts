/**
 * OpenTelemetry's SDK, set up as its variables say. Its packages are optional: they are loaded when traces are
 * asked for, and where one is missing a line says so and the program goes on without traces.
 */

import type { ReadableSpan, Sampler, SpanExporter } from '@opentelemetry/sdk-trace';
import type { ProgramLog } from '../log/program-log.ts';
import type { RequestTrace, RequestTracer } from '../observer.ts';
import { version } from '../version.ts';
import { type SamplerSettings, type TracingSettings, tracingSettings } from './environment.ts';
import { type Api, Spans } from './spans.ts';

type Sdk = typeof import('@opentelemetry/sdk-trace');
type Resources = typeof import('@opentelemetry/resources');
type Otlp = typeof import('@opentelemetry/exporter-trace-otlp-http');

const PACKAGES = [
  '@opentelemetry/api',
  '@opentelemetry/sdk-trace',
  '@opentelemetry/resources',
  '@opentelemetry/exporter-trace-otlp-http',
] as const;

type Log = Pick<ProgramLog, 'info' | 'warn'>;

/** Spans on their way to a collector. */
export interface Tracing extends RequestTracer {
  /** Sends what waits, and gives up after that time. Nothing may begin afterwards. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * Begins to send traces, if the variables ask for it.
 * @param environment the process's own: the SDK reads some of its variables there by itself
 * @returns undefined: nothing was loaded, and nothing is traced
 */
export async function startTracing(
  environment: Readonly<Record<string, string | undefined>>,
  log: Log,
): Promise<Tracing | undefined> {
  const settings = tracingSettings(environment, (message) => log.warn(`tracing: ${message}`));
  if (settings === undefined) return undefined;
  try {
    const [api, sdk, resources, otlp] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ]);
    return new OpenTelemetry(api, sdk, resources, otlp, settings, log);
  } catch (error) {
    log.warn(`tracing: ${whyNot(error)}; no traces are sent`);
    return undefined;
  }
}

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND') return message;
  const missing = PACKAGES.find((name) => message.includes(name)) ?? 'a package of OpenTelemetry';
  return `${missing} is not installed (npm install ${PACKAGES.join(' ')})`;
}

class OpenTelemetry implements Tracing {
  readonly #provider: InstanceType<Sdk['TracerProvider']>;
  readonly #spans: Spans;
  readonly #log: Log;

  constructor(
    api: Api,
    sdk: Sdk,
    resources: Resources,
    { OTLPTraceExporter }: Otlp,
    { sampler, queue }: TracingSettings,
    log: Log,
  ) {
    this.#log = log;
    const exporter = new ToldOnce(new OTLPTraceExporter(), log);
    this.#provider = new sdk.TracerProvider({
      sampler: samplerOf(sdk, sampler),
      resource: resourceOf(resources),
      spanProcessors: [new sdk.BatchSpanProcessor({ exporter, ...queue })],
    });
    this.#spans = new Spans(api, this.#provider.getTracer('evenkeel', version()));
  }

  begin(method: string, traceparent: string, tracestate: string): RequestTrace {
    return this.#spans.begin(method, traceparent, tracestate);
  }

  async close(timeoutMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(resolve, timeoutMs, false);
    });
    const flushed = this.#provider.shutdown().then(
      () => true,
      () => true,
    );
    const isComplete = await Promise.race([flushed, late]);
    clearTimeout(timer);
    if (!isComplete) this.#log.warn('tracing: the last spans could not be sent in time');
  }
}

function samplerOf(sdk: Sdk, { isParentBased, ratio }: SamplerSettings): Sampler {
  const root = new sdk.TraceIdRatioBasedSampler(ratio);
  return isParentBased ? new sdk.ParentBasedSampler({ root }) : root;
}

/** What is said of this program; the variables have the last word. */
function resourceOf({
  defaultResource,
  resourceFromAttributes,
  detectResources,
  ...detectors
}: Resources): ReturnType<Resources['defaultResource']> {
  const own = { 'service.name': 'evenkeel', 'service.version': version() };
  const given = detectResources({
    detectors: [detectors.resourceAttributesEnvDetector, detectors.serviceNameEnvDetector],
  });
  return defaultResource().merge(resourceFromAttributes(own)).merge(given);
}

/** Tells when a collector begins to fail, and when it takes spans again; not each time that it does. */
class ToldOnce implements SpanExporter {
  readonly #to: SpanExporter;
  readonly #log: Log;
  #isFailing = false;

  constructor(to: SpanExporter, log: Log) {
    this.#to = to;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.#to.export(spans, (result) => {
      const isFailing = result.code !== 0;
      if (isFailing !== this.#isFailing) {
        if (isFailing)
          this.#log.warn(
            `tracing: the collector takes no spans: ${result.error?.message ?? 'failed'}`,
          );
        else this.#log.info('tracing: the collector takes spans again');
      }
      this.#isFailing = isFailing;
      done(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#to.shutdown();
  }
}
