/** Answers of the admin API, and the errors that become answers. */

import type { IncomingMessage, ServerResponse } from 'node:http';

/** What a handler wants said. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON, unless `type` says that it is text of another kind. */
  readonly body: unknown;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request that cannot be served; becomes `{ "error": … }`. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: number;
  /** Fields of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** No page of another origin may read or embed any of it, and nothing is kept by caches. */
const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:",
} as const;

export function send(response: ServerResponse, { status, body, type, headers }: Answer): void {
  const text = type === undefined ? `${JSON.stringify(body)}\n` : String(body);
  response.writeHead(status, {
    ...COMMON_HEADERS,
    ...headers,
    'content-type': type ?? 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  response.end(text);
}

const BODY_BYTES_MAX = 65_536;

/**
 * The JSON that a request carries.
 * @throws {RequestError} 413 if it is too long, 400 if it is not JSON
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_BYTES_MAX) {
      throw new RequestError(413, `the body must be at most ${BODY_BYTES_MAX} bytes long`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new RequestError(400, 'the body must be JSON');
  }
}
