/** What all connections of one TCP front share. */

import type { HttpLimits, HttpTimeouts } from '@evenkeel/config';
import type { ServiceGroup } from '../front.ts';
import type { Trust } from '../listener/peer-address.ts';
import type { FrontObserver } from '../observer.ts';
import { RareNews } from '../rare-news.ts';
import type { TimerWheel } from '../wheel.ts';

/** How long the same want is not told again. */
const SILENCE_MS = 60_000;

/** What connections meet; replaced as a whole. One that runs keeps what it began with. */
export interface TcpFrontConfig {
  readonly service: ServiceGroup;
  readonly timeouts: HttpTimeouts;
  readonly limits: HttpLimits;
  readonly trust: Trust;
}

export class TcpFrontState {
  readonly clock: TimerWheel;
  readonly observer: FrontObserver;
  /** What a connection that begins now meets. */
  config: TcpFrontConfig;
  /** Open connections to backends. */
  upstream = 0;
  readonly #exhaustionNews: RareNews;

  constructor(clock: TimerWheel, observer: FrontObserver, config: TcpFrontConfig) {
    this.clock = clock;
    this.observer = observer;
    this.config = config;
    this.#exhaustionNews = new RareNews(clock, SILENCE_MS);
  }

  /** A dial failed for want of descriptors or ports. */
  exhausted(): void {
    if (this.#exhaustionNews.isDue()) this.observer.exhausted?.();
  }
}
