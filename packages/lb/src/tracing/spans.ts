/**
 * Spans by OpenTelemetry's API, named and labelled by its conventions for HTTP
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/): one of kind server per request, and below it one of kind
 * client per attempt. Queries are left out: what is in them may be secret.
 */

import type { Attributes, Context, Span, SpanContext, Tracer } from '@opentelemetry/api';
import type {
  AttemptObservation,
  AttemptTrace,
  RequestObservation,
  RequestRecord,
  RequestTrace,
  RequestTracer,
} from '../observer.ts';
import { parseTraceparent } from './trace-parent.ts';

/** The parts of `@opentelemetry/api`, which is there only where tracing is on. */
export type Api = typeof import('@opentelemetry/api');

const SERVER_ERRORS_FROM = 500;
const ERRORS_FROM = 400;
/** The conventions know these; any other method would make names without end. */
const METHODS: ReadonlySet<string> = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'],
]);

/** Makes spans with a tracer of OpenTelemetry's. */
export class Spans implements RequestTracer {
  readonly #api: Api;
  readonly #tracer: Tracer;

  constructor(api: Api, tracer: Tracer) {
    this.#api = api;
    this.#tracer = tracer;
  }

  begin(method: string, traceparent: string, tracestate: string): RequestTrace {
    const api = this.#api;
    const parent = remoteContext(api, traceparent, tracestate);
    const within = parent ? api.trace.setSpanContext(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT;
    const options = { kind: api.SpanKind.SERVER, attributes: methodOf(method) };
    const span = this.#tracer.startSpan(nameOf(method), options, within);
    return new RequestSpan(api, this.#tracer, span, method);
  }
}

class RequestSpan implements RequestTrace {
  readonly #api: Api;
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: SpanContext;
  readonly #method: string;
  readonly #within: Context;

  constructor(api: Api, tracer: Tracer, span: Span, method: string) {
    this.#api = api;
    this.#tracer = tracer;
    this.#span = span;
    this.#context = span.spanContext();
    this.#method = method;
    this.#within = api.trace.setSpan(api.ROOT_CONTEXT, span);
  }

  get traceId(): string {
    return this.#context.traceId;
  }

  get isSampled(): boolean {
    return (this.#context.traceFlags & this.#api.TraceFlags.SAMPLED) !== 0;
  }

  get tracestate(): string {
    return this.#context.traceState?.serialize() ?? '';
  }

  attempt(backend: string, address: string, number: number): AttemptTrace {
    const api = this.#api;
    const attributes: Attributes = {
      ...methodOf(this.#method),
      ...placeOf(address),
      'evenkeel.backend': backend,
    };
    if (number > 0) attributes['http.request.resend_count'] = number;
    const options = { kind: api.SpanKind.CLIENT, attributes };
    const span = this.#tracer.startSpan(nameOf(this.#method), options, this.#within);
    return new AttemptSpan(api, span);
  }

  end(request: RequestRecord, observed: RequestObservation): void {
    const span = this.#span;
    if (span.isRecording()) {
      const { status, reason, end } = observed;
      span.setAttributes(serverAttributes(request, observed));
      if (status >= SERVER_ERRORS_FROM || end === 'backend-broke') {
        span.setAttribute('error.type', reason || String(status));
        span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
      } else if (reason !== '' && status >= ERRORS_FROM) span.setAttribute('error.type', reason);
    }
    span.end();
  }
}

class AttemptSpan implements AttemptTrace {
  readonly #api: Api;
  readonly #span: Span;
  readonly parent: string;

  constructor(api: Api, span: Span) {
    this.#api = api;
    this.#span = span;
    const { spanId, traceFlags } = span.spanContext();
    this.parent = `${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
  }

  end({ outcome, status, connectMs, firstByteMs }: AttemptObservation): void {
    const span = this.#span;
    if (span.isRecording()) {
      if (status > 0) span.setAttribute('http.response.status_code', status);
      if (connectMs >= 0) span.setAttribute('evenkeel.connect_ms', connectMs);
      if (firstByteMs >= 0) span.setAttribute('evenkeel.first_byte_ms', firstByteMs);
      const isError = outcome === 'ok' ? status >= ERRORS_FROM : outcome !== 'cancelled';
      if (outcome !== 'ok') span.setAttribute('error.type', outcome);
      else if (isError) span.setAttribute('error.type', String(status));
      if (isError) span.setStatus({ code: this.#api.SpanStatusCode.ERROR });
    }
    span.end();
  }
}

function remoteContext(api: Api, traceparent: string, tracestate: string): SpanContext | undefined {
  const parent = traceparent === '' ? undefined : parseTraceparent(traceparent);
  if (parent === undefined) return undefined;
  const { traceId, spanId, isSampled } = parent;
  const { SAMPLED, NONE } = api.TraceFlags;
  const context = { traceId, spanId, traceFlags: isSampled ? SAMPLED : NONE, isRemote: true };
  return tracestate === '' ? context : { ...context, traceState: api.createTraceState(tracestate) };
}

function nameOf(method: string): string {
  return METHODS.has(method) ? method : 'HTTP';
}

function methodOf(method: string): Attributes {
  if (METHODS.has(method)) return { 'http.request.method': method };
  if (method === '') return { 'http.request.method': '_OTHER' };
  return { 'http.request.method': '_OTHER', 'http.request.method_original': method };
}

function serverAttributes(
  { target, host, version, clientAddress, requestId, service }: RequestRecord,
  { status, backend, attempts, queueMs }: RequestObservation,
): Attributes {
  return {
    'url.path': pathOf(target),
    'url.scheme': 'http',
    'network.protocol.version': version,
    ...placeOf(host),
    'client.address': clientAddress,
    'http.response.status_code': status,
    'evenkeel.service': service,
    'evenkeel.backend': backend,
    'evenkeel.attempts': attempts,
    'evenkeel.queue_ms': queueMs,
    'evenkeel.request_id': requestId,
  };
}

/** Without the authority of an absolute target, and without the query. */
function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/, '') || '/';
}

/** `host:port`, `[::1]:port`, a name alone, or the path of a Unix socket. */
function placeOf(authority: string): Attributes {
  const [, host = authority, port] = /^(.*?)(?::(\d+))?$/.exec(authority) ?? [];
  if (host === '') return {};
  const address = host.replace(/^\[(.*)\]$/, '$1');
  return {
    'server.address': address,
    ...(port === undefined ? {} : { 'server.port': Number(port) }),
  };
}
