/** What a run counts and measures: everything that clients see, after the warm-up. */

import { Histogram } from '@evenkeel/core/stats';
import type { SimRequest } from '../engine/request.ts';
import { BatchMeans } from './batch-means.ts';
import type { RunWindows } from './run-windows.ts';

/** How a request can fail, as its client sees it: the causes of results.json. */
export interface ErrorCounts {
  refused: number;
  reset: number;
  timeout: number;
  truncated: number;
  status4xx: number;
  status5xx: number;
  other: number;
}

/** Requests sent and what became of them; `lost`: no answer within the client's timeout. */
export interface RequestCounts {
  sent: number;
  ok: number;
  lost: number;
  readonly errors: ErrorCounts;
}

/** How one request ended for its client. */
export type ClientOutcome = 'ok' | 'lost' | keyof ErrorCounts;

/** Counts one run's requests. */
export class Recorder {
  readonly requests: RequestCounts = {
    sent: 0,
    ok: 0,
    lost: 0,
    errors: {
      refused: 0,
      reset: 0,
      timeout: 0,
      truncated: 0,
      status4xx: 0,
      status5xx: 0,
      other: 0,
    },
  };
  /** Response times of the answers that were ok. */
  readonly response: Histogram = new Histogram();
  readonly responseMeans: BatchMeans = new BatchMeans();
  /** Times that these spent in a backend's queue. */
  readonly queueing: Histogram | undefined;
  readonly windows: RunWindows | undefined;
  attempts = 0;
  posts = 0;
  retries = 0;
  servedTwice = 0;

  /** What is not asked for is undefined. */
  constructor(windows: RunWindows | undefined, queueing: Histogram | undefined) {
    this.windows = windows;
    this.queueing = queueing;
  }

  /** A counted request is over. */
  ended(request: SimRequest, end: ClientOutcome, responseMs: number, attempts: number): void {
    this.requests.sent++;
    this.attempts += attempts;
    if (!request.idempotent) this.posts++;
    if (attempts > 1) this.retries += attempts - 1;
    if (request.timesServed > 1 && !request.idempotent) this.servedTwice++;
    if (end === 'ok') {
      this.requests.ok++;
      this.response.record(responseMs);
      this.responseMeans.record(responseMs);
      this.queueing?.record(Math.max(0, request.queueingMs));
    } else if (end === 'lost') this.requests.lost++;
    else this.requests.errors[end]++;
    this.windows?.ended(request.sentMs, end === 'ok', responseMs);
  }
}
