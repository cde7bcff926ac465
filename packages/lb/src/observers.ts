/** What hears of requests and connections: the counters always, and logs and tracing where they are on. */

import type { AccessLog } from './log/access-log.ts';
import { attemptLine } from './log/attempt-line.ts';
import type { ProgramLog } from './log/program-log.ts';
import type { Traffic } from './metrics/traffic.ts';
import type { FrontObserver, RequestTracer } from './observer.ts';

/** What there may be beside the counters. */
interface Observers {
  readonly log?: ProgramLog;
  readonly tracing?: RequestTracer | undefined;
}

/** All of them as one. */
export function observerOf(
  traffic: Traffic,
  accessLog: AccessLog | undefined,
  { log, tracing }: Observers,
): FrontObserver {
  const debug = log?.isDebug === true ? log.debug.bind(log) : undefined;
  return {
    ...(accessLog === undefined ? {} : { requestFields: accessLog.requestFields }),
    ...(tracing === undefined ? {} : { tracer: tracing }),
    requestEnded(request, observed): void {
      traffic.requestEnded(request, observed);
      accessLog?.requestEnded(request, observed);
    },
    attemptEnded(request, attempt): void {
      traffic.attemptEnded(request, attempt);
      debug?.(attemptLine(request, attempt));
    },
    connectionJoined: (backend, ms) => traffic.connectionJoined(backend, ms),
    connectionEnded(record): void {
      traffic.connectionEnded(record);
      accessLog?.connectionEnded(record);
    },
    proxyHeaderRefused: (fault, isNews) => {
      traffic.proxyHeaderRefused(fault);
      if (isNews) log?.warn(`connections are closed: PROXY header ${fault}`);
    },
    upstreamCreated: (backend: string) => traffic.upstreamCreated(backend),
    connectionRefused: (limit, isNews) => {
      traffic.connectionRefused(limit);
      if (isNews) log?.warn(`client connections are refused at limits.${limit}`);
    },
    exhausted: () => {
      log?.error('out of file descriptors or ports: requests and connections are refused');
    },
  };
}
