/** What a strategy was asked and what it answered, as a table that can be read: time, request, ready set, pick. */

import type { Endpoint, StrategyFactory } from '@evenkeel/core';
import type { Step } from '@evenkeel/core/testing';

const ROWS_SHOWN = 14;
const ROWS_KEPT = 200;
const NAMES_SHOWN = 8;

interface Row {
  readonly at: string;
  readonly request: string;
  readonly ready: string;
  readonly pick: string;
  readonly inFlight: string;
  readonly endpoints: Step['endpoints'];
}

/** An endpoint as it is shown: of those that may not be picked the trace knows the name only. */
interface Shown {
  readonly id: string;
  readonly inFlight: number;
}

function endpointsOf(members: readonly Shown[], ready: readonly Shown[]): Step['endpoints'] {
  return members.map((member) => ({
    id: member.id,
    state: ready.includes(member) ? 'ready' : 'left out',
    inFlight: member.inFlight,
  }));
}

const HEAD: Row = {
  at: 'time',
  request: 'request',
  ready: 'ready',
  pick: 'pick',
  inFlight: 'in flight before',
  endpoints: [],
};

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(' ');
  return names.length > NAMES_SHOWN ? `${shown} … (${names.length})` : shown;
}

/** Collects the rows of one run. */
export class Trace {
  #rows: Row[] = [];
  #dropped = 0;
  #requests = 0;

  get requests(): number {
    return this.#requests;
  }

  /** Before the strategy is asked; the pick is filled in by the returned function. */
  asked(
    atMs: number,
    candidates: readonly Endpoint[],
    members: readonly Endpoint[] = candidates,
  ): (pick: string) => void {
    this.#requests++;
    const number = this.#requests;
    const ready = listed(candidates.map(({ id }) => id));
    const endpoints = endpointsOf(members, candidates);
    const inFlight = listed(candidates.map(({ id, inFlight }) => `${id}:${inFlight}`));
    return (pick) => {
      this.#add({ at: time(atMs), request: `${number}`, ready, pick, inFlight, endpoints });
    };
  }

  /** Something else that happened: `e1 goes down`. */
  note(atMs: number, text: string, members: readonly Shown[], ready: readonly Shown[]): void {
    const endpoints = endpointsOf(members, ready);
    this.#add({ at: time(atMs), request: '', ready: text, pick: '', inFlight: '', endpoints });
  }

  /** All of it as a film for the lab. */
  steps(): Step[] {
    return this.#rows.map(({ at, request, ready, pick, endpoints }) => {
      if (request === '') return { what: `${at}: ${ready}`, endpoints };
      return { what: `${at}: request ${request}`, endpoints, picked: pick };
    });
  }

  #add(row: Row): void {
    this.#rows.push(row);
    if (this.#rows.length > ROWS_KEPT) {
      this.#rows.shift();
      this.#dropped++;
    }
  }

  /** The table; of a long one the end. */
  lines(): string[] {
    const shown = this.#rows.slice(-ROWS_SHOWN);
    const hidden = this.#dropped + this.#rows.length - shown.length;
    const table = [HEAD, ...shown];
    const width = (of: (row: Row) => string): number => Math.max(...table.map((r) => of(r).length));
    const [at, request, pick] = [width((r) => r.at), width((r) => r.request), width((r) => r.pick)];
    const ready = Math.max(...table.filter((r) => r.pick !== '').map((r) => r.ready.length));
    const lines = table.map((r) =>
      `${r.at.padStart(at)}  ${r.request.padEnd(request)}  ${r.ready.padEnd(ready)}  ${r.pick.padEnd(pick)}  ${r.inFlight}`.trimEnd(),
    );
    if (hidden > 0) lines.splice(1, 0, `… ${hidden} earlier lines`);
    return lines;
  }
}

function time(atMs: number): string {
  return `${Number(atMs.toFixed(3))} ms`;
}

/** The same strategies, each pick written down; `trace()` is that of the last one made. */
export function recorded(factory: StrategyFactory): {
  factory: StrategyFactory;
  trace: () => Trace;
} {
  let trace = new Trace();
  const recording: StrategyFactory = (environment) => {
    trace = new Trace();
    const mine = trace;
    const strategy = factory(environment);
    const pick = strategy.pick.bind(strategy);
    strategy.pick = (candidates, request) => {
      const done = mine.asked(environment.clock.now(), candidates);
      let picked = '(none)';
      try {
        const endpoint = pick(candidates, request);
        picked = endpoint.id;
        return endpoint;
      } finally {
        done(picked);
      }
    };
    return strategy;
  };
  return { factory: recording, trace: () => trace };
}
