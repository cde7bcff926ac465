/**
 * How the judge, which computes and never waits for events, gets an answer from a process: it posts a
 * message to the thread that holds the pipes, and sleeps on shared memory until that thread has put the
 * answer there. Works alike on every platform, and a limit in time is the sleep's own.
 */

const STATE = 0;
const LENGTH = 1;
const EMPTY = 0;
const ANSWER = 1;
const ENDED = 2;

/** The shared memory, made by the thread that answers. */
export interface Mailbox {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
}

/** What came: an answer, the news that the process is gone, or nothing in time. */
export type Letter =
  | { readonly kind: 'answer' | 'ended'; readonly text: string }
  | { readonly kind: 'late' };

export function createMailbox(maxBytes: number): Mailbox {
  return {
    control: new Int32Array(new SharedArrayBuffer(8)),
    bytes: new Uint8Array(new SharedArrayBuffer(maxBytes)),
  };
}

/**
 * Puts a letter in and wakes the sleeper. Text beyond the box's size is cut. The news that the process is gone
 * never takes the place of its last answer, which may not have been read yet: the next question brings it.
 */
export function deliver(box: Mailbox, kind: 'answer' | 'ended', text: string): void {
  if (kind === 'ended' && Atomics.load(box.control, STATE) === ANSWER) return;
  const encoded = new TextEncoder().encode(text).subarray(0, box.bytes.length);
  box.bytes.set(encoded);
  box.control[LENGTH] = encoded.length;
  Atomics.store(box.control, STATE, kind === 'answer' ? ANSWER : ENDED);
  Atomics.notify(box.control, STATE);
}

/** Empties the box, before a question. */
export function empty(box: Mailbox): void {
  Atomics.store(box.control, STATE, EMPTY);
}

/** Sleeps until a letter is there. Blocks the thread. */
export function collect(box: Mailbox, timeoutMs: number): Letter {
  const endMs = performance.now() + timeoutMs;
  let leftMs = timeoutMs;
  // A call to wake up may come late, after its letter was read and the box emptied: then the sleep goes on.
  while (Atomics.wait(box.control, STATE, EMPTY, leftMs) === 'ok') {
    if (Atomics.load(box.control, STATE) !== EMPTY) break;
    leftMs = Math.max(0, endMs - performance.now());
  }
  const state = Atomics.load(box.control, STATE);
  if (state === EMPTY) return { kind: 'late' };
  // Decoders do not read shared memory: a copy.
  const bytes = box.bytes.slice(0, box.control[LENGTH]);
  return { kind: state === ANSWER ? 'answer' : 'ended', text: new TextDecoder().decode(bytes) };
}
