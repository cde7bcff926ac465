/** From the state of a run to the frame that is drawn. */

import type { LabEvent } from './events.ts';
import {
  type BackendFrame,
  DOT_FIELDS,
  type Frame,
  PATH,
  QUEUE_SHOWN,
  type ShownState,
  SLOTS_SHOWN,
  TONE_FAILED,
  TONE_OK,
} from './frame.ts';
import type { Attempt, BackendPicture } from './picture.ts';
import type { Run } from './run.ts';

/** Ages are told in doublings of the mean service time: at 16 times of it a request is as old as can be. */
const DOUBLINGS = 4;

/** The tone of a request that is under way. */
function toneOf(ageMs: number, meanMs: number): number {
  const doublings = Math.log2(Math.max(1, ageMs / meanMs));
  return Math.min(1, doublings / DOUBLINGS);
}

/** Travelling requests, gathered with a limit: beyond it every second one is left out, and so on. */
class Dots {
  readonly #max: number;
  readonly #list: number[] = [];
  oneIn = 1;

  constructor(max: number) {
    this.#max = max;
  }

  add(
    path: number,
    request: number,
    backend: number,
    progress: number,
    tone: number,
    attempts: number,
  ): void {
    if (request % this.oneIn !== 0) return;
    this.#list.push(path, request, backend, progress, tone, attempts);
    if (this.#list.length > this.#max * DOT_FIELDS) this.#thin();
  }

  #thin(): void {
    this.oneIn *= 2;
    const kept: number[] = [];
    for (let i = 0; i < this.#list.length; i += DOT_FIELDS) {
      if ((this.#list[i + 1] as number) % this.oneIn !== 0) continue;
      for (let k = 0; k < DOT_FIELDS; k++) kept.push(this.#list[i + k] as number);
    }
    this.#list.splice(0, this.#list.length, ...kept);
  }

  done(): Float32Array {
    return Float32Array.from(this.#list);
  }
}

/** On their way to where they arrive soon. */
function addComing(dots: Dots, event: LabEvent, atMs: number, travelMs: number): void {
  const { kind, request, backend, isDirect, attempts } = event;
  const left = (event.atMs - atMs) / travelMs;
  if (kind === 'attempt' && isDirect) {
    if (left < 1) dots.add(PATH.whole, request, backend, 1 - left, 0, attempts);
  } else if (kind === 'attempt') {
    const fromMs = Math.max(event.atMs - travelMs / 2, event.notBeforeMs);
    if (atMs < fromMs) return;
    const progress = (atMs - fromMs) / (event.atMs - fromMs);
    dots.add(PATH.toBackend, request, backend, progress, 0, attempts);
  } else if (kind === 'sent' && !isDirect && left < 0.5) {
    dots.add(PATH.toBalancer, request, backend, 1 - 2 * left, 0, 1);
  }
}

/** On their way back from where they have just been. */
function addGoing(dots: Dots, event: LabEvent, atMs: number, travelMs: number): void {
  const { kind, request, backend, isDirect, isGood, word } = event;
  const passed = (atMs - event.atMs) / travelMs;
  const tone = isGood ? TONE_OK : TONE_FAILED;
  if (kind === 'ended') {
    if (word === 'given up' || word === 'timeout') {
      if (passed < 0.5) dots.add(PATH.left, request, backend, 2 * passed, tone, 1);
    } else if (isDirect) {
      if (passed < 1) dots.add(PATH.answer, request, backend, passed, tone, 1);
    } else if (passed < 0.5) {
      dots.add(PATH.failedAttempt, request, backend, 2 * passed, tone, 1);
    }
  } else if (kind === 'finished' && !isDirect && passed < 0.5) {
    dots.add(PATH.refused, request, -1, 2 * passed, tone, 1);
  }
}

function travelling(run: Run, travelMs: number, dotsMax: number): Dots {
  const { log, ahead, shownMs } = run;
  const dots = new Dots(dotsMax);
  for (let i = ahead; i < log.end; i++) {
    const event = log.at(i);
    if (event === undefined || event.atMs >= shownMs + travelMs) break;
    addComing(dots, event, shownMs, travelMs);
  }
  for (let i = ahead - 1; i >= log.first; i--) {
    const event = log.at(i);
    if (event === undefined || event.atMs <= shownMs - travelMs) break;
    addGoing(dots, event, shownMs, travelMs);
  }
  return dots;
}

/** What its balancers say; `mixed` where they differ. */
function stateOf(backend: BackendPicture, run: Run): ShownState {
  const [first] = backend.states;
  if (backend.states.some((state) => state !== first)) return 'mixed';
  const { warmingMs } = run.figures;
  const isWarming = first === 'ready' && run.shownMs - backend.readySinceMs < warmingMs;
  return isWarming ? 'warming' : ((first ?? 'ready') as ShownState);
}

function backendFrame(backend: BackendPicture, index: number, run: Run): BackendFrame {
  const { shownMs, figures } = run;
  const { meanServiceMs } = figures;
  const tone = ({ sentMs }: Attempt): number => toneOf(shownMs - sentMs, meanServiceMs);
  const queue: number[] = [];
  for (const attempt of backend.waiting.values()) {
    if (queue.length >= QUEUE_SHOWN) break;
    queue.push(tone(attempt));
  }
  const slots: number[] = [];
  for (const attempt of backend.slots.slice(0, SLOTS_SHOWN)) {
    if (attempt === undefined) continue;
    const done = (shownMs - attempt.startedMs) / Math.max(1e-9, attempt.serviceMs);
    slots.push(attempt.slot, attempt.isLeft ? TONE_FAILED : tone(attempt), Math.min(1, done));
  }
  return {
    state: stateOf(backend, run),
    faults: [...backend.faults],
    busy: backend.busy,
    waiting: backend.waiting.size,
    utilisation: figures.utilisation(index),
    attempts: backend.attempts,
    queue: Float32Array.from(queue),
    slots: Float32Array.from(slots, (value) => value),
  };
}

/** The frame of a run, at the moment that its picture shows. */
export function frameOf(run: Run, travelMs: number, dotsMax: number): Frame {
  const { picture, figures } = run;
  const dots = travelling(run, travelMs, dotsMax);
  return {
    atMs: run.shownMs,
    isOver: run.isOver,
    backends: picture.backends.map((backend, i) => backendFrame(backend, i, run)),
    dots: dots.done(),
    oneIn: dots.oneIn,
    atBalancer: picture.atBalancer,
    counts: figures.counts(),
    p50Ms: figures.quantile(0.5),
    p99Ms: figures.quantile(0.99),
  };
}
