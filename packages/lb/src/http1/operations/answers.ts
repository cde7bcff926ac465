/** Answers that need no backend: redirects, and responses that are written in the configuration. */

import type { Answer, Refusal } from '../refusals.ts';
import { HOST_MISSING } from '../refusals.ts';
import type { Check } from './operation.ts';
import { renderer } from './render.ts';

/** Where a client is sent, and how. */
export interface Redirect {
  /** `https`: the same place, unless the client is there already; else a URL or a path with variables. */
  readonly to: string;
  readonly status: number;
}

/** A response, complete. */
export interface FixedResponse {
  readonly status: number;
  /** Absent: the status in words. */
  readonly body?: string;
  readonly contentType: string;
}

/** Browsers read two slashes, in either form, as the beginning of a host. */
const SEVERAL_SLASHES = /^[/\\]{2,}/;

export function redirectCheck({ to, status }: Redirect): Check {
  const onlyToHttps = to === 'https';
  const target = onlyToHttps ? 'https://{host}{target}' : to;
  const location = renderer(target);
  const isPath = target.startsWith('/');
  const needsHost = target.includes('{host}');
  return (request) => {
    if (onlyToHttps && request.scheme === 'https') return undefined;
    if (needsHost && request.host === '') return HOST_MISSING;
    const place = location(request);
    const lines = `Location: ${isPath ? place.replace(SEVERAL_SLASHES, '/') : place}\r\n`;
    return { status, reason: 'redirected', answer: { lines } };
  };
}

export function respondCheck({ status, body, contentType }: FixedResponse): Check {
  // Field lines and bodies are written byte by byte.
  const bytes = body === undefined ? {} : { body: Buffer.from(body).toString('latin1') };
  const answer: Answer = { ...bytes, contentType };
  const refusal: Refusal = Object.freeze({ status, reason: 'fixed-response', answer });
  return () => refusal;
}
