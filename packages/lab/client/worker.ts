/**
 * The worker of one world. A strategy of the user's own is code that follows this bundle; before it runs, the
 * worker keeps nothing but the language.
 */

import type { StrategyFactory } from '@evenkeel/core';
import { type Numbered, OWN, type Reply, STARTED_ID } from '../src/engine/protocol.ts';
import { WorldServer } from '../src/engine/serve.ts';
import { keepOnlyLanguage } from './seal.ts';

interface Scope {
  postMessage(message: Reply): void;
  addEventListener(type: 'message', hear: (event: { readonly data: Numbered }) => void): void;
}

const scope = globalThis as unknown as Scope;
const post = scope.postMessage.bind(globalThis);
const now = performance.now.bind(performance);

/** How often a long piece of work says that it goes on. */
const ALIVE_EVERY_MS = 200;

let current = -1;
let lastAliveMs = 0;
let own: StrategyFactory | undefined;
let ownProblem: string | undefined;

function ownFactory(): StrategyFactory {
  if (own === undefined) throw new Error(ownProblem ?? 'there is no code of a strategy');
  return own;
}

const server = new WorldServer(ownFactory, () => {
  if (now() - lastAliveMs < ALIVE_EVERY_MS) return;
  lastAliveMs = now();
  post({ id: current, kind: 'alive' });
});

scope.addEventListener('message', ({ data: { id, ask } }) => {
  current = id;
  lastAliveMs = now();
  try {
    post({ id, kind: 'done', value: server.answer(ask) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    post({ id, kind: 'failed', message: message.slice(0, 2000) });
  }
});

/** Runs the user's function, which makes the factory. */
function take(body: () => unknown): void {
  try {
    const made = body();
    if (typeof made === 'function') own = made as StrategyFactory;
    else ownProblem = `must return a function that makes a strategy, got ${typeof made}`;
  } catch (error) {
    ownProblem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Called after this bundle, where code of the user's own follows. */
Reflect.set(globalThis, OWN, (): void => {
  keepOnlyLanguage();
  Reflect.set(globalThis, OWN, take);
  post({ id: STARTED_ID, kind: 'alive' });
});
