/** What a strategy was asked and what it answered, as a table that can be read: time, request, ready set, pick. */

import type { Endpoint, StrategyFactory } from '@evenkeel/core';

const ROWS_SHOWN = 14;
const ROWS_KEPT = 200;
const NAMES_SHOWN = 8;

interface Row {
  readonly at: string;
  readonly request: string;
  readonly ready: string;
  readonly pick: string;
  readonly inFlight: string;
}

const HEAD: Row = {
  at: 'time',
  request: 'request',
  ready: 'ready',
  pick: 'pick',
  inFlight: 'in flight before',
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
  asked(atMs: number, candidates: readonly Endpoint[], key?: number): (pick: string) => void {
    this.#requests++;
    const number = this.#requests;
    const ready = listed(candidates.map(({ id }) => id));
    const inFlight = listed(candidates.map(({ id, inFlight }) => `${id}:${inFlight}`));
    return (pick) => {
      const request = key === undefined ? `${number}` : `${number} key ${key}`;
      this.#add({ at: time(atMs), request, ready, pick, inFlight });
    };
  }

  /** Something else that happened: `e1 goes down`. */
  note(atMs: number, text: string): void {
    this.#add({ at: time(atMs), request: '', ready: text, pick: '', inFlight: '' });
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
