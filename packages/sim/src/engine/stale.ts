/**
 * A strategy that sees old news. Real balancers often learn the load of their backends from reports that
 * come every T ms; between them all see the same least-loaded backend and herd onto it
 * (M. Mitzenmacher, "How Useful Is Old Information?", 2000). Here the strategy is handed shadows of the
 * endpoints, whose in-flight counts are copied every `staleMs`.
 */

import type {
  Clock,
  Endpoint,
  Outcome,
  RequestInfo,
  Strategy,
  StrategyFactory,
} from '@evenkeel/core';

class Shadow implements Endpoint {
  readonly original: Endpoint;
  inFlight: number;

  constructor(original: Endpoint) {
    this.original = original;
    this.inFlight = original.inFlight;
  }

  get id(): string {
    return this.original.id;
  }
  get slot(): number {
    return this.original.slot;
  }
  get weight(): number {
    return this.original.weight;
  }
  get effectiveWeight(): number {
    return this.original.effectiveWeight;
  }
  get eligible(): boolean {
    return this.original.eligible;
  }
}

class StaleStrategy implements Strategy {
  readonly #inner: Strategy;
  readonly #clock: Clock;
  readonly #staleMs: number;
  readonly #shadows = new Map<Endpoint, Shadow>();
  readonly #candidates: Shadow[] = [];
  #copiedAtMs = Number.NEGATIVE_INFINITY;

  constructor(inner: Strategy, clock: Clock, staleMs: number) {
    this.#inner = inner;
    this.#clock = clock;
    this.#staleMs = staleMs;
  }

  get followsEffectiveWeight(): boolean {
    return this.#inner.followsEffectiveWeight === true;
  }

  pick(candidates: readonly Endpoint[], request: RequestInfo): Endpoint {
    this.#refresh();
    this.#candidates.length = 0;
    for (const candidate of candidates) this.#candidates.push(this.#shadow(candidate));
    return (this.#inner.pick(this.#candidates, request) as Shadow).original;
  }

  prepare(members: readonly Endpoint[]): void {
    for (const known of this.#shadows.keys()) {
      if (!members.includes(known)) this.#shadows.delete(known);
    }
    this.#inner.prepare?.(members.map((member) => this.#shadow(member)));
  }

  started(endpoint: Endpoint): void {
    this.#inner.started?.(this.#shadow(endpoint));
  }

  firstByte(endpoint: Endpoint, afterMs: number): void {
    this.#inner.firstByte?.(this.#shadow(endpoint), afterMs);
  }

  settled(endpoint: Endpoint, outcome: Outcome): void {
    this.#inner.settled?.(this.#shadow(endpoint), outcome);
  }

  #shadow(original: Endpoint): Shadow {
    let shadow = this.#shadows.get(original);
    if (shadow === undefined) {
      shadow = new Shadow(original);
      this.#shadows.set(original, shadow);
    }
    return shadow;
  }

  /** Reports come at multiples of `staleMs`; the first pick after one is the first to see it. */
  #refresh(): void {
    const reportMs = Math.floor(this.#clock.now() / this.#staleMs) * this.#staleMs;
    if (reportMs <= this.#copiedAtMs) return;
    this.#copiedAtMs = reportMs;
    for (const shadow of this.#shadows.values()) shadow.inFlight = shadow.original.inFlight;
  }
}

/** The same strategy with reports every `staleMs` > 0. */
export function withStaleLoads(factory: StrategyFactory, staleMs: number): StrategyFactory {
  return (environment) => new StaleStrategy(factory(environment), environment.clock, staleMs);
}
