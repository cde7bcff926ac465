/**
 * What fronts tell metrics, logs and traces, whatever protocol they speak. Nothing is allocated for it: all
 * records are the data plane's own and valid only during the call. Copy what you keep.
 */

import type { Reason, RequestEnd } from './reasons.ts';
import type { ConnectionEnder, TcpReason } from './tcp-reasons.ts';

/** A request as it came and as it is forwarded: set before a backend is picked. A TCP connection is one too. */
export interface RequestRecord {
  /** Name of the service that it was routed to; empty if refused before. */
  readonly service: string;
  /** Empty if the head could not be read that far. */
  readonly method: string;
  readonly target: string;
  /** The request's authority: Host, or the target's in absolute form. */
  readonly host: string;
  /** `1.0` or `1.1`. */
  readonly version: string;
  readonly requestId: string;
  /** The client itself, as told by trusted proxies if there are any. */
  readonly clientAddress: string;
  /** The other end of the connection: the client, or the proxy nearest to us. */
  readonly peerAddress: string;
  /** The values of the observer's `requestFields`, in their order; empty where there is no such field. */
  readonly observedFields: readonly string[];
  /** There where tracing is on. */
  readonly trace?: RequestTrace | undefined;
}

/** One attempt at a backend. */
export interface AttemptObservation {
  readonly backend: string;
  /** How long the dial took; −1 if none was made, or it did not succeed. */
  readonly connectMs: number;
  /** From its start to the head of the response; −1 if none came. */
  readonly firstByteMs: number;
  /** From its start to its end. */
  readonly durationMs: number;
  /** Of the response; 0 if none came. */
  readonly status: number;
  /** `ok`, or why it failed, or `cancelled`. */
  readonly outcome: AttemptOutcome;
}

export type AttemptOutcome = 'ok' | 'cancelled' | Exclude<Reason, ''>;

/** What became of a request, complete when it has ended. */
export interface RequestObservation {
  readonly end: RequestEnd;
  /** Why it did not end with a backend's whole response; empty if it did. See reasons.ts. */
  readonly reason: Reason;
  /** Id of the backend last asked; empty if none was. */
  readonly backend: string;
  /**
   * What the client was sent. 499 if it left before it had all of it; 502 or 504 if the backend broke off
   * within the body, whatever its head had promised.
   */
  readonly status: number;
  /** Attempts made. */
  readonly attempts: number;
  /** The first `attempts` of these are this request's, in order; what follows is of others. */
  readonly tries: readonly AttemptObservation[];
  /** Number of the service's last health event before the last attempt; 0 if there was none. */
  readonly afterEvent: number;
  /** Bytes of the request's body taken from the client, framing included. */
  readonly requestBodyBytes: number;
  /** Bytes sent to the client, head included. */
  readonly responseBytes: number;
  /** Bytes of the response's body sent to the client, framing included. */
  readonly responseBodyBytes: number;
  /** From the end of the request's head to the first attempt, or to the end if there was none. */
  readonly queueMs: number;
  /** From the end of the request's head to the response's last byte, as it came from the backend. */
  readonly durationMs: number;
  /** From the end of the request's head to the response's head; 0 if none came. */
  readonly firstByteMs: number;
  /** Both sides went on to send as they liked (101, TCP): the duration is that of a session. */
  readonly isSession: boolean;
}

/** A connection in mode tcp, complete when it has ended. */
export interface ConnectionRecord {
  readonly service: string;
  /** The client itself, as told by a PROXY header if there was one. */
  readonly clientAddress: string;
  readonly end: RequestEnd;
  /** Which side ended first, or broke; `balancer`: a limit of ours, or no backend could be had. */
  readonly endedBy: ConnectionEnder;
  /** Why it did not end in order on both sides; empty if it did. See tcp-reasons.ts. */
  readonly reason: TcpReason;
  /** Id of the backend last dialled; empty if none was. */
  readonly backend: string;
  /** Dials made. */
  readonly attempts: number;
  /** Number of the service's last health event before the last dial; 0 if there was none. */
  readonly afterEvent: number;
  /** Bytes from the client. */
  readonly receivedBytes: number;
  /** Bytes to the client. */
  readonly sentBytes: number;
  /** The dial that succeeded; 0 if none did. */
  readonly connectMs: number;
  /** From accepting it to its end. */
  readonly durationMs: number;
}

/** Why a connection was closed for its PROXY header, or for want of one. */
export type ProxyHeaderFault = 'missing' | 'malformed' | 'late' | 'untrusted';

/** The limit at which a client connection was refused. */
export type ConnectionLimit = 'connections' | 'connectionsPerAddress';

/** Makes spans. */
export interface RequestTracer {
  /**
   * A request begins: its span continues the client's trace, or starts a new one.
   * @param traceparent as the client sent it; empty, or malformed: there is none
   * @param tracestate counts with a good `traceparent` only
   */
  begin(method: string, traceparent: string, tracestate: string): RequestTrace;
}

/** The span of one request. */
export interface RequestTrace {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** Its spans are kept, as the client or the sampler decided. */
  readonly isSampled: boolean;
  /** What backends are sent in `tracestate`; empty: no such field. */
  readonly tracestate: string;
  /**
   * An attempt begins.
   * @param address of the backend, as `host:port`
   * @param number 0 for the first, 1 for the first retry
   */
  attempt(backend: string, address: string, number: number): AttemptTrace;
  /** The request has ended; all of its attempts have. */
  end(request: RequestRecord, observed: RequestObservation): void;
}

/** The span of one attempt. */
export interface AttemptTrace {
  /** The end of the backend's `traceparent`: 16 hexadecimal digits, `-`, and two for the flags. */
  readonly parent: string;
  end(attempt: AttemptObservation): void;
}

/** So long is `AttemptTrace.parent`, whatever is in it. */
export const PARENT_LENGTH = 19;

/** Hears what happens. Called synchronously on the hot path: be quick, and do not throw. */
export interface FrontObserver {
  /** Fields of requests, in lower case, that are to be kept for it; absent: none is looked for. */
  readonly requestFields?: readonly string[];
  /** Makes a span of each request; absent: none is traced, and no field is looked at for it. */
  readonly tracer?: RequestTracer;
  requestEnded?(request: RequestRecord, observed: RequestObservation): void;
  /** An attempt has ended; those of one request in the order of their ends, all before `requestEnded`. */
  attemptEnded?(request: RequestRecord, attempt: AttemptObservation): void;
  /** A connection in mode tcp is joined to this backend, whose dial took so long. */
  connectionJoined?(backend: string, connectMs: number): void;
  /** A connection in mode tcp has ended. */
  connectionEnded?(record: ConnectionRecord): void;
  /** A client connection was closed for its PROXY header; `isNews`: worth telling. */
  proxyHeaderRefused?(fault: ProxyHeaderFault, isNews: boolean): void;
  /** A connection to this backend was opened. */
  upstreamCreated?(backend: string): void;
  /** Out of descriptors or ports: requests cannot be served. At most once a minute. */
  exhausted?(): void;
  /** A client connection was refused; `isNews`: worth telling, at most once a minute. */
  connectionRefused?(limit: ConnectionLimit, isNews: boolean): void;
}
