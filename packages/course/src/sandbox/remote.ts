/**
 * A submission's objects, as the laws, the simulator and the checks use them: the interfaces of core, each call
 * answered by the process that holds the submission. What a strategy is only told travels with the next pick.
 */

import type { Clock, Endpoint, Outcome, Strategy, StrategyFactory } from '@evenkeel/core';
import type { Created, EndpointRow, HookCall } from './protocol.ts';
import { type Subject, SubjectError } from './subject.ts';

const HOOKS_AT_ONCE = 64;
const keys = new WeakMap<Endpoint, number>();
let lastKey = 0;

function keyOf(endpoint: Endpoint): number {
  let key = keys.get(endpoint);
  if (key === undefined) {
    key = ++lastKey;
    keys.set(endpoint, key);
  }
  return key;
}

function row(endpoint: Endpoint): EndpointRow {
  const { id, slot, weight, effectiveWeight, inFlight, eligible } = endpoint;
  return [keyOf(endpoint), id, slot, weight, effectiveWeight, inFlight, eligible ? 1 : 0];
}

/** One strategy object in the child. */
class RemoteStrategy implements Strategy {
  readonly #subject: Subject;
  readonly #clock: Clock;
  readonly #id: number;
  readonly #created: Created;
  #members: readonly Endpoint[] = [];
  #hooks: HookCall[] = [];
  readonly followsEffectiveWeight: boolean;

  constructor(subject: Subject, clock: Clock, seed: number) {
    this.#subject = subject;
    this.#clock = clock;
    this.#id = subject.nextId();
    const { value } = subject.ask({ op: 'create', id: this.#id, seed, methods: ['pick'] });
    this.#created = value as Created;
    this.followsEffectiveWeight = this.#created.properties.followsEffectiveWeight === true;
  }

  get id(): number {
    return this.#id;
  }

  prepare(members: readonly Endpoint[]): void {
    this.#members = members;
    this.#tell({ hook: 'prepare', nowMs: this.#clock.now(), members: members.map(row) });
  }

  started(endpoint: Endpoint): void {
    if (!this.#has('started')) return;
    this.#tell({ hook: 'started', nowMs: this.#clock.now(), endpoint: row(endpoint) });
  }

  firstByte(endpoint: Endpoint, afterMs: number): void {
    if (!this.#has('firstByte')) return;
    const nowMs = this.#clock.now();
    this.#tell({ hook: 'firstByte', nowMs, endpoint: row(endpoint), afterMs });
  }

  settled(endpoint: Endpoint, outcome: Outcome): void {
    if (!this.#has('settled')) return;
    this.#tell({ hook: 'settled', nowMs: this.#clock.now(), endpoint: row(endpoint), outcome });
  }

  pick(candidates: readonly Endpoint[], request: Parameters<Strategy['pick']>[1]): Endpoint {
    const { hash, idempotent, affinity } = request;
    const { value } = this.#subject.ask({
      op: 'pick',
      id: this.#id,
      nowMs: this.#clock.now(),
      hooks: this.#taken(),
      candidates: candidates.map(row),
      others: this.#members.filter(({ eligible }) => !eligible).map(row),
      request: { hash, idempotent, ...(affinity !== undefined && { affinity }) },
    });
    const picked = typeof value === 'number' ? candidates[value] : undefined;
    if (picked === undefined) throw new SubjectError('fault', 'pick: answered with no candidate');
    return picked;
  }

  /** Bytes of heap kept by so many requests more; the object is of no other use afterwards. */
  churn(picks: number): number {
    const { value } = this.#subject.ask({ op: 'churn', id: this.#id, picks });
    return Number(value);
  }

  /** Sends the child what it has not been told yet. */
  flush(): void {
    if (this.#hooks.length > 0) {
      this.#subject.ask({ op: 'hooks', id: this.#id, hooks: this.#taken() });
    }
  }

  drop(): void {
    if (this.#subject.isRunning) this.#subject.ask({ op: 'drop', id: this.#id });
  }

  #has(method: string): boolean {
    return this.#created.methods.includes(method);
  }

  #tell(call: HookCall): void {
    this.#hooks.push(call);
    if (this.#hooks.length >= HOOKS_AT_ONCE) this.flush();
  }

  #taken(): HookCall[] {
    const hooks = this.#hooks;
    this.#hooks = [];
    return hooks;
  }
}

/** Makes objects in the child, and drops them when a check is over. */
export class Remote {
  readonly #subject: Subject;
  #strategies: RemoteStrategy[] = [];
  #objects: number[] = [];

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** The submission as a strategy; each strategy made draws from the seed of its environment. */
  readonly strategy: StrategyFactory = ({ clock, random }) => {
    const strategy = new RemoteStrategy(this.#subject, clock, random.below(2 ** 31));
    this.#strategies.push(strategy);
    return strategy;
  };

  /** Bytes of heap that `picks` requests leave behind in a strategy of its own. */
  heapGrowth(picks: number): number {
    const strategy = new RemoteStrategy(this.#subject, { now: () => 0 } as Clock, 1);
    const bytes = strategy.churn(picks);
    strategy.drop();
    return bytes;
  }

  /**
   * An object with these methods, which all take and return plain values.
   * @param options.argument what the factory is called with; absent: clock and random
   */
  object<T extends object>(
    methods: readonly (keyof T & string)[],
    options: { seed: number; argument?: string; nowMs?: () => number },
  ): T {
    const subject = this.#subject;
    const id = subject.nextId();
    const { seed, argument } = options;
    const { value } = subject.ask({
      ...{ op: 'create', id, seed, methods },
      ...(argument !== undefined && { argument }),
    });
    this.#objects.push(id);
    const { properties } = value as Created;
    const call = (method: string) => {
      return (...args: unknown[]): unknown => {
        const nowMs = options.nowMs?.() ?? 0;
        return subject.ask({ op: 'call', id, nowMs, method, args }).value;
      };
    };
    return {
      ...properties,
      ...Object.fromEntries(methods.map((name) => [name, call(name)])),
    } as T;
  }

  /** The check is over: all strategies are told the rest, and end. @throws {SubjectError} from a hook */
  finish(): void {
    const strategies = this.#strategies;
    this.#strategies = [];
    // A fault that the pool or the simulator has caught, as it does for one request.
    const { fault } = this.#subject;
    if (fault !== undefined) throw fault;
    if (!this.#subject.isRunning) return;
    for (const strategy of strategies) strategy.flush();
  }

  /** Forgets all strategies without a word. */
  discard(): void {
    const strategies = this.#strategies;
    const objects = this.#objects;
    this.#strategies = [];
    this.#objects = [];
    this.#subject.forgetFault();
    for (const strategy of strategies) strategy.drop();
    if (!this.#subject.isRunning) return;
    for (const id of objects) this.#subject.ask({ op: 'drop', id });
  }
}
