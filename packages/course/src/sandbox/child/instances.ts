/** The objects that a submission's factory has made, and how each is asked. */

import { type Endpoint, type Strategy, seededRandom } from '@evenkeel/core';
import type { Created, EndpointRow, HookCall, Question } from '../protocol.ts';
import { ChildClock } from './clock.ts';
import { SeenEndpoints } from './endpoints.ts';
import { ContractError, nameOf } from './fault.ts';

type CreateQuestion = Extract<Question, { op: 'create' }>;
type Factory = (environment: unknown) => unknown;
type Methods = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** One object under test. */
class Instance {
  readonly clock: ChildClock = new ChildClock();
  readonly endpoints: SeenEndpoints = new SeenEndpoints();
  readonly object: Methods & Strategy;

  constructor(factory: Factory, { seed, argument, methods }: CreateQuestion) {
    const environment = Object.freeze({
      clock: this.clock.visible,
      random: seededRandom(seed).fork('strategy'),
    });
    const made = factory(argument ?? environment);
    if (made === null || typeof made !== 'object' || typeof (made as Methods).then === 'function') {
      const expected = methods.map((name) => `${name}()`).join(', ');
      throw new ContractError(
        `the factory must return an object with ${expected}, got ${nameOf(made)}`,
      );
    }
    this.object = made as Methods & Strategy;
    for (const name of methods) {
      if (typeof this.object[name] !== 'function') {
        throw new ContractError(
          `the object needs a method ${name}, got ${nameOf(this.object[name])}`,
        );
      }
    }
  }

  hear(call: HookCall): void {
    this.clock.advanceTo(call.nowMs);
    if (call.hook === 'prepare') {
      this.endpoints.keep(call.members);
      this.object.prepare?.(Object.freeze(this.#seeAll(call.members)));
      return;
    }
    const endpoint = this.endpoints.see(call.endpoint);
    if (call.hook === 'started') this.object.started?.(endpoint);
    else if (call.hook === 'firstByte') this.object.firstByte?.(endpoint, call.afterMs);
    else this.object.settled?.(endpoint, Object.freeze(call.outcome));
  }

  /** @returns the index of the pick among the candidates */
  pick(question: Extract<Question, { op: 'pick' }>): number {
    for (const hook of question.hooks) this.hear(hook);
    this.clock.advanceTo(question.nowMs);
    this.#seeAll(question.others);
    const candidates = this.#seeAll(question.candidates);
    const picked = this.object.pick(Object.freeze(candidates), Object.freeze(question.request));
    return indexOf(candidates, picked);
  }

  #seeAll(rows: readonly EndpointRow[]): Endpoint[] {
    const seen: Endpoint[] = [];
    for (const row of rows) seen[seen.length] = this.endpoints.see(row);
    return seen;
  }

  /** @returns bytes that the heap has grown by over so many requests */
  churn(picks: number, collect: () => void, heapBytes: () => number): number {
    const rows = Array.from({ length: 4 }, (_, i): EndpointRow => [-1 - i, `e${i}`, i, 1, 1, 0, 1]);
    const busy = rows.map((row): EndpointRow => [row[0], row[1], row[2], 1, 1, 1, 1]);
    const request = Object.freeze({ hash: 1, idempotent: true });
    const members = Object.freeze(this.#seeAll(rows));
    this.object.prepare?.(members);
    const once = (): void => {
      const picked = this.object.pick(members, request);
      const index = indexOf(members, picked);
      this.endpoints.see(busy[index] as EndpointRow);
      this.object.started?.(picked);
      this.object.firstByte?.(picked, 1);
      this.endpoints.see(rows[index] as EndpointRow);
      this.object.settled?.(picked, { kind: 'ok', latencyMs: 1 });
    };
    for (let i = 0; i < picks / 4; i++) once();
    collect();
    const before = heapBytes();
    for (let i = 0; i < picks; i++) once();
    collect();
    return heapBytes() - before;
  }
}

function indexOf(candidates: readonly Endpoint[], picked: unknown): number {
  for (let i = 0; i < candidates.length; i++) if (candidates[i] === picked) return i;
  let names = '';
  for (const { id } of candidates) names += ` ${id}`;
  throw new ContractError(
    `pick must return one of the candidates (${names.trim()}), got ${nameOf(picked)}`,
  );
}

const MANY_INSTANCES = 1_000;

/** All objects under test, by the number that the grader gave them. */
export class Instances {
  readonly #factory: Factory;
  readonly #byId = new Map<number, Instance>();

  constructor(exported: unknown) {
    if (typeof exported !== 'function') {
      const got =
        exported === undefined ? 'there is no default export' : `it is ${nameOf(exported)}`;
      throw new ContractError(
        `the default export must be a function that makes the object; ${got}`,
      );
    }
    this.#factory = exported as Factory;
  }

  create(question: CreateQuestion): Created {
    if (this.#byId.size >= MANY_INSTANCES) throw new Error('too many objects at once');
    const instance = new Instance(this.#factory, question);
    this.#byId.set(question.id, instance);
    const methods: string[] = [];
    const properties: Record<string, number | boolean | string> = {};
    for (const name of ['prepare', 'started', 'firstByte', 'settled', ...question.methods]) {
      if (typeof instance.object[name] === 'function') methods.push(name);
    }
    for (const name of ['followsEffectiveWeight', 'windowMs', 'isBudgeted']) {
      const value: unknown = instance.object[name];
      if (typeof value === 'number' || typeof value === 'boolean') properties[name] = value;
    }
    return { methods, properties };
  }

  drop(id: number): void {
    this.#byId.delete(id);
  }

  get(id: number): Instance {
    const instance = this.#byId.get(id);
    if (instance === undefined) throw new Error(`no object ${id}`);
    return instance;
  }
}
