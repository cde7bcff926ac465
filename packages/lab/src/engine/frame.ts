/** One world at one moment, as plain data: what a worker sends and a canvas draws. */

/** How a travelling request is drawn: from where to where. */
export const PATH = {
  /** Client, balancer, backend. */
  whole: 0,
  toBalancer: 1,
  toBackend: 2,
  /** Backend, balancer, client. */
  answer: 3,
  /** A failed attempt on its way back to the balancer. */
  failedAttempt: 4,
  /** The balancer answers by itself. */
  refused: 5,
  /** Its client has left: it fades where it is. */
  left: 6,
} as const;

/** Numbers per travelling request in `Frame.dots`: path, request, backend, progress 0–1, tone, attempts. */
export const DOT_FIELDS = 6;

/** Tones of dots: ages from 0 (fresh) to 1 (old), and these. */
export const TONE_OK = 2;
export const TONE_FAILED = 3;

/** What a balancer thinks of a backend, or `mixed` where several differ. */
export type ShownState =
  | 'ready'
  | 'checking'
  | 'down'
  | 'ejected'
  | 'drain'
  | 'maintenance'
  | 'warming'
  | 'mixed';

/** One backend at one moment. */
export interface BackendFrame {
  readonly state: ShownState;
  /** Faults in force, by kind. */
  readonly faults: readonly string[];
  readonly busy: number;
  readonly waiting: number;
  /** Share of its slots at work over the last second of the run. */
  readonly utilisation: number;
  /** Attempts sent to it, of requests that were sent after the warm-up. */
  readonly attempts: number;
  /** Tones of the first waiting requests, the longest wait first; at most QUEUE_SHOWN. */
  readonly queue: Float32Array;
  /** Per slot in use: its number, tone, and part of the work done. */
  readonly slots: Float32Array;
}

/** Waiting requests that a frame tells one by one. */
export const QUEUE_SHOWN = 64;
/** Slots that a frame tells one by one. */
export const SLOTS_SHOWN = 64;
export const SLOT_FIELDS = 3;

/** What has been counted up to a moment, the warm-up left out. */
export interface Counts {
  readonly sent: number;
  readonly ok: number;
  readonly failed: number;
  /** Of these: no answer in the client's time. */
  readonly lost: number;
  readonly attempts: number;
}

/** See the head of this file. */
export interface Frame {
  readonly atMs: number;
  /** Everything has happened. */
  readonly isOver: boolean;
  readonly backends: readonly BackendFrame[];
  readonly dots: Float32Array;
  /** Of the travelling requests one in so many is told. */
  readonly oneIn: number;
  /** Requests that wait in the balancer, for room or for a retry. */
  readonly atBalancer: number;
  readonly counts: Counts;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}
