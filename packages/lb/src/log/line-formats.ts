/**
 * The lines of the access log, from the records of a request. What clients send is escaped in each format, so
 * that nothing of it can end a line, a quoted value, or steer a terminal.
 */

import { LOG_VARIABLES, type LogVariable, parseTemplate } from '@evenkeel/config';
import type { AttemptObservation, RequestObservation, RequestRecord } from '../observer.ts';
import { jsonLine } from './escape.ts';

/** Makes the line of a request that ended at `nowMs` (since 1970), with its line feed. */
export type LineFormat = (
  request: RequestRecord,
  observed: RequestObservation,
  nowMs: number,
) => string;

/** Fields of requests that lines may show, as the observer asks for them. */
export const LOGGED_FIELDS = ['user-agent', 'referer'] as const;

/** @param format `json`, `combined`, or a template that has been checked */
export function lineFormat(format: string): LineFormat {
  if (format === 'json') return jsonLineOf;
  if (format === 'combined') return combinedLineOf;
  return templateFormat(format);
}

/** Put together by hand: JSON.stringify takes twice as long for what is mostly plain text and numbers. */
function jsonLineOf(request: RequestRecord, observed: RequestObservation, nowMs: number): string {
  return (
    `{"time":"${isoTime(nowMs)}","client":${quoted(request.clientAddress)}` +
    `,"peer":${quoted(request.peerAddress)},"method":${quoted(request.method)}` +
    `,"target":${quoted(request.target)},"host":${quoted(request.host)}` +
    `,"version":"${request.version}","status":${observed.status}` +
    `,"bytes":${observed.responseBytes},"requestBytes":${observed.requestBodyBytes}` +
    `,"responseBytes":${observed.responseBodyBytes},"ms":${rounded(observed.durationMs)}` +
    `,"queueMs":${rounded(observed.queueMs)},"firstByteMs":${rounded(observed.firstByteMs)}` +
    `,"service":${quoted(request.service)},"backend":${quoted(observed.backend)}` +
    `,"attempts":${observed.attempts},"tries":${triesAsJson(observed)}` +
    `,"end":"${observed.end}","reason":"${observed.reason}"` +
    `,"userAgent":${quoted(request.observedFields[0] ?? '')}` +
    `,"requestId":${quoted(request.requestId)}${traceAsJson(request)}` +
    `,"afterEvent":${observed.afterEvent}}\n`
  );
}

/** Where tracing is on. */
function traceAsJson({ trace }: RequestRecord): string {
  return trace === undefined ? '' : `,"traceId":"${trace.traceId}"`;
}

function triesAsJson(observed: RequestObservation): string {
  const tries = triesOf(observed).map(
    ({ backend, connectMs, firstByteMs, ms, status, outcome }) =>
      `{"backend":${quoted(backend)},"connectMs":${connectMs},"firstByteMs":${firstByteMs}` +
      `,"ms":${ms},"status":${status},"outcome":"${outcome}"}`,
  );
  return `[${tries.join(',')}]`;
}

/** Printable ASCII without quotes and backslashes: JSON has it as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : jsonLine(text);
}

/** The format of NCSA httpd and its followers; bytes are those of the body. */
function combinedLineOf(
  request: RequestRecord,
  observed: RequestObservation,
  nowMs: number,
): string {
  const { clientAddress, method, target, version, observedFields } = request;
  const [userAgent = '', referer = ''] = observedFields;
  const asked = method === '' ? '-' : `${method} ${target} HTTP/${version}`;
  return (
    `${orDash(clientAddress)} - - [${commonTime(nowMs)}] "${escaped(asked)}" ${observed.status} ` +
    `${observed.responseBodyBytes} "${orDash(escaped(referer))}" "${orDash(escaped(userAgent))}"\n`
  );
}

function templateFormat(format: string): LineFormat {
  const parts = parseTemplate(format, LOG_VARIABLES);
  return (request, observed, nowMs) => {
    let line = '';
    for (const { text, variable } of parts) {
      line += variable === undefined ? text : orDash(VALUES[variable](request, observed, nowMs));
    }
    return `${line}\n`;
  };
}

const VALUES: Readonly<Record<LogVariable, LineFormat>> = {
  time: (_, __, nowMs) => isoTime(nowMs),
  client: ({ clientAddress }) => clientAddress,
  peer: ({ peerAddress }) => peerAddress,
  method: ({ method }) => escaped(method),
  target: ({ target }) => escaped(target),
  host: ({ host }) => escaped(host),
  version: ({ version }) => version,
  status: (_, { status }) => String(status),
  bytes: (_, { responseBytes }) => String(responseBytes),
  requestBytes: (_, { requestBodyBytes }) => String(requestBodyBytes),
  responseBytes: (_, { responseBodyBytes }) => String(responseBodyBytes),
  ms: (_, { durationMs }) => String(rounded(durationMs)),
  queueMs: (_, { queueMs }) => String(rounded(queueMs)),
  firstByteMs: (_, { firstByteMs }) => String(rounded(firstByteMs)),
  service: ({ service }) => service,
  backend: (_, { backend }) => backend,
  attempts: (_, { attempts }) => String(attempts),
  tries: (_, observed) =>
    triesOf(observed)
      .map(({ backend, outcome, ms }) => `${backend}:${outcome}:${ms}`)
      .join(','),
  end: (_, { end }) => end,
  reason: (_, { reason }) => reason,
  userAgent: ({ observedFields }) => escaped(observedFields[0] ?? ''),
  referer: ({ observedFields }) => escaped(observedFields[1] ?? ''),
  requestId: ({ requestId }) => escaped(requestId),
  traceId: ({ trace }) => trace?.traceId ?? '',
  afterEvent: (_, { afterEvent }) => String(afterEvent),
};

/** One attempt in a line. */
interface Try {
  readonly backend: string;
  readonly connectMs: number | null;
  readonly firstByteMs: number | null;
  readonly ms: number;
  readonly status: number | null;
  readonly outcome: string;
}

function triesOf({ tries, attempts }: RequestObservation): Try[] {
  const result: Try[] = [];
  for (let i = 0; i < attempts; i++) {
    const attempt = tries[i];
    if (attempt !== undefined) result.push(tryOf(attempt));
  }
  return result;
}

function tryOf(attempt: AttemptObservation): Try {
  const { backend, connectMs, firstByteMs, durationMs, status, outcome } = attempt;
  return {
    backend,
    connectMs: connectMs < 0 ? null : rounded(connectMs),
    firstByteMs: firstByteMs < 0 ? null : rounded(firstByteMs),
    ms: rounded(durationMs),
    status: status === 0 ? null : status,
    outcome,
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function orDash(text: string): string {
  return text === '' ? '-' : text;
}

/** Quotes, backslashes and whatever is not printable ASCII, as nginx writes them. */
function escaped(text: string): string {
  return text.replace(/[^\x20\x21\x23-\x5b\x5d-\x7e]/g, hexOf);
}

/** One character per byte, as it came. */
function hexOf(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

let isoAtMs = Number.NaN;
let iso = '';

/** Many requests end in one millisecond. */
function isoTime(nowMs: number): string {
  if (nowMs !== isoAtMs) {
    isoAtMs = nowMs;
    iso = new Date(nowMs).toISOString();
  }
  return iso;
}

/** `25/Nov/2026:18:53:41 +0000`. */
function commonTime(nowMs: number): string {
  const [, day, month, year, time] =
    /^\w+, (\d+) (\w+) (\d+) ([\d:]+)/.exec(new Date(nowMs).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}
