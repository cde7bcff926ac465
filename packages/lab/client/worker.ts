/**
 * The worker of one world. A strategy of the user's own is code that this file's bundle is followed by; before
 * it runs, everything is taken away by which it could speak to anything but its caller.
 */

import type { StrategyFactory } from '@evenkeel/core';
import type { Numbered, Reply } from '../src/engine/protocol.ts';
import { WorldServer } from '../src/engine/serve.ts';

interface Scope {
  postMessage(message: Reply): void;
  addEventListener(type: 'message', hear: (event: { readonly data: Numbered }) => void): void;
}

const scope = globalThis as unknown as Scope;
const post = scope.postMessage.bind(globalThis);
const now = performance.now.bind(performance);

/** How often a long piece of work says that it goes on. */
const ALIVE_EVERY_MS = 200;

/** Names by which a strategy could reach the page, the network, another thread or a disk. */
const DOORS = [
  'postMessage',
  'close',
  'onmessage',
  'onmessageerror',
  'addEventListener',
  'dispatchEvent',
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'WebTransport',
  'EventSource',
  'importScripts',
  'Worker',
  'SharedWorker',
  'BroadcastChannel',
  'MessageChannel',
  'MessagePort',
  'indexedDB',
  'caches',
  'navigator',
  'location',
  'Notification',
  'FileReaderSync',
  'webkitRequestFileSystem',
  'webkitRequestFileSystemSync',
  'webkitResolveLocalFileSystemURL',
  'webkitResolveLocalFileSystemSyncURL',
];

function closeDoors(): void {
  for (const name of DOORS) {
    for (let at: object | null = globalThis; at !== null; at = Object.getPrototypeOf(at)) {
      Reflect.deleteProperty(at, name);
    }
  }
}

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

/** Called by the code that follows the bundle, with the user's own in a function. */
Reflect.set(globalThis, '__own', (body: () => unknown): void => {
  Reflect.deleteProperty(globalThis, '__own');
  closeDoors();
  try {
    const made = body();
    if (typeof made === 'function') own = made as StrategyFactory;
    else ownProblem = `must return a function that makes a strategy, got ${typeof made}`;
  } catch (error) {
    ownProblem = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
});
