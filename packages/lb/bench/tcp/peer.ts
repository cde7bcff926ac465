/**
 * Both ends of what is measured in mode tcp: a backend, and clients that load a port when they are told to. One
 * process on one core, so that it needs few turns of its loop.
 *
 * The first byte that a backend gets says what the connection is for: 100 bytes are answered by 100 (`e`), data
 * flows to the client (`d`) or from it (`u`). Usage: peer.ts PORT…, orders by IPC.
 */

import { connect, createServer, type Socket } from 'node:net';
import type { LoadKind, LoadOrder, LoadState, Order } from './orders.ts';

const EXCHANGE_BYTES = 100;
const PIECE = Buffer.alloc(1024 * 1024, 'd');
/** Reads go here; what comes is only counted. */
const INPUT = Buffer.allocUnsafe(1024 * 1024);

const FIRST_BYTE: Record<LoadKind, string> = {
  exchange: 'e',
  churn: 'e',
  idle: 'e',
  down: 'd',
  up: 'u',
};

for (const port of process.argv.slice(2)) {
  createServer({ noDelay: true, pauseOnConnect: true }, serve).listen(Number(port), '127.0.0.1');
}

/** Bytes that came by connections of kind `u`. */
let uploadedBytes = 0;

function serve(socket: Socket): void {
  let kind = '';
  let missing = EXCHANGE_BYTES;
  socket.on('error', () => {});
  socket.on('data', (bytes: Buffer) => {
    kind ||= String.fromCharCode(bytes[0] ?? 0);
    if (kind === 'u') {
      uploadedBytes += bytes.length;
    } else if (kind === 'd') {
      pour(socket);
    } else {
      missing -= bytes.length;
      if (missing > 0) return;
      missing = EXCHANGE_BYTES;
      socket.write(PIECE.subarray(0, EXCHANGE_BYTES));
    }
  });
  socket.resume();
}

/** Sends until the connection is gone. */
function pour(socket: Socket): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(PIECE));
  };
  socket.on('drain', more);
  more();
}

/** A client: one connection, or for `churn` one after the other. */
class LoadClient {
  exchanges = 0;
  receivedBytes = 0;
  errors = 0;
  readonly #order: LoadOrder;
  readonly #question: Buffer;
  #socket: Socket | undefined;
  #missing = 0;
  #isStopping = false;

  constructor(order: LoadOrder) {
    this.#order = order;
    this.#question = Buffer.from(FIRST_BYTE[order.kind].repeat(EXCHANGE_BYTES));
    this.#open();
  }

  /** Ends its connection, whatever is on its way. */
  stop(): void {
    this.#isStopping = true;
    this.#socket?.destroy();
  }

  #open(): void {
    const { port, kind } = this.#order;
    const onread = {
      buffer: INPUT,
      callback: (length: number): boolean => {
        this.#received(length);
        return true;
      },
    };
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, onread });
    this.#socket = socket;
    socket.on('error', () => {
      if (!this.#isStopping) this.errors++;
    });
    socket.on('connect', () => this.#ask());
    socket.on('close', () => {
      if (this.#isStopping) return;
      if (kind !== 'churn') this.errors++;
      else this.#open();
    });
  }

  #ask(): void {
    this.#missing = EXCHANGE_BYTES;
    this.#socket?.write(this.#question);
    if (this.#order.kind === 'up' && this.#socket !== undefined) pour(this.#socket);
  }

  #received(length: number): void {
    this.receivedBytes += length;
    this.#missing -= length;
    const { kind } = this.#order;
    if (this.#missing > 0 || kind === 'down') return;
    this.exchanges++;
    if (kind === 'churn') this.#socket?.end();
    else if (kind === 'exchange') this.#ask();
  }
}

const clients: LoadClient[] = [];
let kind: LoadKind = 'exchange';

/** What the clients have done so far. */
function stateNow(): LoadState {
  const sum = (of: (client: LoadClient) => number): number =>
    clients.reduce((total, client) => total + of(client), 0);
  return {
    exchanges: sum(({ exchanges }) => exchanges),
    bytes: kind === 'up' ? uploadedBytes : sum(({ receivedBytes }) => receivedBytes),
    errors: sum(({ errors }) => errors),
  };
}

process.on('message', (order: Order) => {
  if (order.order === 'start') {
    kind = order.kind;
    for (let i = 0; i < order.connections; i++) clients.push(new LoadClient(order));
  } else if (order.order === 'stop') {
    for (const client of clients.splice(0)) client.stop();
    uploadedBytes = 0;
  } else {
    process.send?.(stateNow());
  }
});
