/**
 * The backends of one service, by where they come from, and what the operator changed in them.
 *
 * | source      | named by             | a reload      | DELETE                        |
 * |-------------|----------------------|---------------|-------------------------------|
 * | `file`      | the configuration    | replaces them | holds until the source drops  |
 * | `admin`     | POST /backends       | leaves them   | removes it                    |
 * | `discovery` | the last good answer | leaves them   | holds until the source drops  |
 *
 * To drop is to name it no longer; one that is named again after that is back.
 *
 * The service runs the union. What the operator set in a backend lies over what its source says, field by
 * field, until it is given back (`PATCH {field: null}`) or the backend is gone.
 */

import type { AdminState } from '@evenkeel/core';
import type { Backend } from '../config/types.ts';

/** Where a backend comes from; where two name one id, the first. */
const SOURCES = ['file', 'admin', 'discovery'] as const;
export type Source = (typeof SOURCES)[number];

/** What an operator can change in a backend. */
export interface Overrides {
  /** 0: no new requests, as by `drain`. */
  readonly weight?: number;
  readonly maxConnections?: number;
  readonly priority?: number;
  readonly state?: AdminState;
}

/** Changes of overrides; null gives the field back to the source. */
export type OverrideChange = { readonly [K in keyof Overrides]?: Overrides[K] | null };

/** A backend as it is to run. */
export interface SourcedBackend extends Backend {
  readonly source: Source;
  readonly overrides: Overrides;
}

const NONE: Overrides = Object.freeze({});

/** Keeps the sources of one service apart. */
export class Membership {
  readonly #bySource = new Map<Source, readonly Backend[]>();
  readonly #sourceById = new Map<string, Source>();
  readonly #overrides = new Map<string, Overrides>();
  /** Deleted by the operator, though their source still names them. */
  readonly #withheld = new Set<string>();

  /** The union of all sources in their order: file, admin, discovery. An id stands for the first. */
  get backends(): readonly SourcedBackend[] {
    const byId = new Map<string, SourcedBackend>();
    for (const source of SOURCES) {
      for (const backend of this.of(source)) {
        const { id } = backend;
        if (this.#withheld.has(id) || byId.has(id)) continue;
        byId.set(id, this.#laidOver(backend, source));
      }
    }
    return [...byId.values()];
  }

  /** What a source names, deleted ones included. */
  of(source: Source): readonly Backend[] {
    return this.#bySource.get(source) ?? [];
  }

  /** The source that names this id, also if the operator deleted it. */
  sourceOf(id: string): Source | undefined {
    return this.#sourceById.get(id);
  }

  /** The operator deleted it, and its source still names it. */
  isWithheld(id: string): boolean {
    return this.#withheld.has(id);
  }

  /** A source's new answer, in place of its last one. */
  replace(source: Source, backends: readonly Backend[]): void {
    this.#bySource.set(source, backends);
    const named = this.#sourceById;
    named.clear();
    // Of two the first counts: it is set last.
    for (const each of SOURCES.toReversed())
      for (const { id } of this.of(each)) named.set(id, each);
    for (const id of this.#withheld) if (!named.has(id)) this.#withheld.delete(id);
    for (const id of this.#overrides.keys()) if (!named.has(id)) this.#overrides.delete(id);
  }

  /** The operator takes a backend out for good. */
  remove(id: string): void {
    const source = this.sourceOf(id);
    if (source === undefined) return;
    this.#overrides.delete(id);
    if (source === 'admin') {
      this.replace(
        'admin',
        this.of('admin').filter((backend) => backend.id !== id),
      );
    } else {
      this.#withheld.add(id);
    }
  }

  /** The operator changes fields of a backend, or gives them back. */
  override(id: string, change: OverrideChange): void {
    const next: Record<string, unknown> = { ...this.#overrides.get(id) };
    for (const [field, value] of Object.entries(change)) {
      if (value === null) delete next[field];
      else if (value !== undefined) next[field] = value;
    }
    if (Object.keys(next).length === 0) this.#overrides.delete(id);
    else this.#overrides.set(id, next as Overrides);
  }

  overridesOf(id: string): Overrides {
    return this.#overrides.get(id) ?? NONE;
  }

  #laidOver(backend: Backend, source: Source): SourcedBackend {
    const overrides = this.overridesOf(backend.id);
    const { state: _, ...fields } = overrides;
    const weight = fields.weight || backend.weight;
    return { ...backend, ...fields, weight, source, overrides };
  }
}

/** What the operator asks of a backend. */
export function adminStateOf({ overrides }: SourcedBackend): AdminState {
  const { state = 'ready', weight } = overrides;
  return state === 'ready' && weight === 0 ? 'drain' : state;
}
