/** A collector of OpenTelemetry's: takes spans by OTLP over HTTP, in JSON, and keeps them. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** As a test looks at it. */
export interface SpanSeen {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty: it has none. */
  readonly parent: string;
  readonly kind: 'server' | 'client' | 'other';
  readonly name: string;
  readonly isError: boolean;
  readonly traceState: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
}

export interface OtlpSink {
  readonly url: string;
  readonly spans: SpanSeen[];
  stop(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const valuesOf = (attributes: readonly Attribute[]): Record<string, unknown> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: SpanSeen[] = [];
  const server = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse(await text(request));
    for (const { resource, scopeSpans } of resourceSpans) {
      for (const span of scopeSpans.flatMap((scope: { spans: unknown[] }) => scope.spans)) {
        const { traceId, spanId, parentSpanId = '', kind, name, status, traceState = '' } = span;
        spans.push({
          ...{ traceId, spanId, parent: parentSpanId, name, traceState },
          kind: kind === 2 ? 'server' : kind === 3 ? 'client' : 'other',
          isError: status.code === 2,
          attributes: valuesOf(span.attributes),
          resource: valuesOf(resource.attributes),
        });
      }
    }
    response.setHeader('content-type', 'application/json').end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
