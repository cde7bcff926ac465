/**
 * All sources of all services: what they find is handed to the services, and what they cannot find is told to
 * operators, once per change and not once per question.
 */

import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@evenkeel/core';
import type { Backend, DiscoveryConfig, ServiceConfig } from '../config/types.ts';
import type { EventLog } from '../event-log.ts';
import type { ProgramLog } from '../log/program-log.ts';
import type { Finder } from './finder.ts';
import { type AskResult, DiscoverySource } from './source.ts';

/** What discovery works with. */
export interface DiscoveryOptions {
  readonly clock: Clock;
  readonly finderFor: (config: DiscoveryConfig) => Finder;
  /** Is given all that was found for a service, in place of what was found before. */
  readonly found: (service: string, backends: readonly Backend[]) => void;
  readonly events: Pick<EventLog, 'note'>;
  readonly log: ProgramLog | undefined;
}

/** A source as operators see it. */
export interface DiscoveryStatus {
  readonly service: string;
  readonly url: string;
  /** How it was asked last; `pending` before the first answer. */
  readonly result: AskResult | 'pending';
  /** What the last failure was about; empty after a good answer. */
  readonly detail: string;
  /** Backends that it stands for now. */
  readonly backends: number;
  /** When the last good answer came (ISO 8601); null if there was none. */
  readonly lastGood: string | null;
}

/** Runs the sources. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #sources = new Map<string, DiscoverySource>();
  /** What was handed to each service. */
  readonly #handed = new Map<string, readonly Backend[]>();
  /** How each source was asked last, as it was told. */
  readonly #told = new Map<DiscoverySource, AskResult>();
  readonly #waiting = new Set<() => void>();

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  /** In the order of the configuration. */
  get sources(): Iterable<DiscoverySource> {
    return this.#sources.values();
  }

  get statuses(): DiscoveryStatus[] {
    return [...this.sources].map(({ service, url, result, detail, backends, goodAtMs }) => ({
      service,
      url,
      result: result ?? 'pending',
      detail,
      backends: backends.length,
      lastGood:
        goodAtMs === undefined ? null : new Date(performance.timeOrigin + goodAtMs).toISOString(),
    }));
  }

  /**
   * Makes the sources those of a configuration; one that stays (same service and URL) goes on. What one has found that
   * is replaced by others holds until these have found something.
   */
  update(services: readonly Pick<ServiceConfig, 'name' | 'discovery'>[]): void {
    const before = new Map(this.#sources);
    const started: DiscoverySource[] = [];
    this.#sources.clear();
    for (const { name, discovery } of services) {
      for (const config of discovery) {
        const key = `${name} ${config.mode} ${config.url}`;
        const source = before.get(key) ?? this.#create(name, config);
        if (before.delete(key)) source.update(config, this.#options.finderFor(config));
        else started.push(source);
        this.#sources.set(key, source);
      }
    }
    bequeath([...before.values()], started);
    for (const source of before.values()) this.#drop(source);
    const names = new Set(services.map(({ name }) => name));
    for (const service of this.#handed.keys()) {
      if (names.has(service)) this.#hand(service);
      else this.#handed.delete(service);
    }
    for (const source of started) source.start();
  }

  /** Resolves when each source has been asked once, or after that time. */
  asked(waitMs: number): Promise<void> {
    const isAsked = (): boolean => [...this.sources].every(({ result }) => result !== undefined);
    if (isAsked()) return Promise.resolve();
    return new Promise((resolve) => {
      const { clock } = this.#options;
      const look = (): void => {
        if (isAsked()) end();
      };
      const end = (): void => {
        clock.cancel(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const timer = clock.after(waitMs, end);
      this.#waiting.add(look);
    });
  }

  close(): void {
    for (const source of this.#sources.values()) source.close();
  }

  #create(service: string, config: DiscoveryConfig): DiscoverySource {
    const { clock, finderFor } = this.#options;
    return new DiscoverySource(service, config, finderFor(config), clock, (source) => {
      this.#hand(source.service);
      this.#tell(source);
      for (const look of this.#waiting) look();
    });
  }

  #drop(source: DiscoverySource): void {
    source.close();
    this.#told.delete(source);
  }

  /** Gives a service what all its sources stand for, if that has changed. */
  #hand(service: string): void {
    const byId = new Map<string, Backend>();
    for (const source of this.sources) {
      if (source.service !== service) continue;
      for (const backend of source.backends) {
        if (!byId.has(backend.id)) byId.set(backend.id, backend);
      }
    }
    const backends = [...byId.values()];
    if (isDeepStrictEqual(backends, this.#handed.get(service) ?? [])) return;
    this.#handed.set(service, backends);
    this.#options.found(service, backends);
  }

  #tell(source: DiscoverySource): void {
    const { service, url, result, detail, backends } = source;
    const before = this.#told.get(source);
    if (result === undefined || result === before) return;
    this.#told.set(source, result);
    const count = `${backends.length} ${backends.length === 1 ? 'backend' : 'backends'}`;
    const { events, log } = this.#options;
    if (result === 'ok') {
      log?.info(`discovery for service ${service}: ${url}: ${count}`);
      if (before !== undefined) events.note('discovery', `${url}: ok again: ${count}`, service);
      return;
    }
    const kept = backends.length === 0 ? 'no backend is known yet' : `kept: ${count}`;
    log?.warn(`discovery for service ${service}: ${url}: ${result}: ${detail}; ${kept}`);
    events.note('discovery', `${url}: ${result}: ${detail}; ${kept}`, service);
  }
}

/** The first new source of a service begins with what those have found that it replaces. */
function bequeath(dropped: readonly DiscoverySource[], started: readonly DiscoverySource[]): void {
  const heirs = new Set<string>();
  for (const heir of started) {
    const isSame = ({ service, mode }: DiscoverySource): boolean =>
      service === heir.service && mode === heir.mode;
    if (heirs.has(heir.service)) continue;
    heirs.add(heir.service);
    heir.inherit(dropped.filter(isSame).flatMap(({ backends }) => backends));
  }
}
