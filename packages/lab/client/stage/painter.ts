/** Paints one world: what stands still on one canvas, what moves on another one above it. */

import type { Backend } from '@evenkeel/sim/engine';
import {
  type BackendFrame,
  DOT_FIELDS,
  type Frame,
  PATH,
  SLOT_FIELDS,
} from '../../src/engine/frame.ts';
import { colour } from './colours.ts';
import { type Lane, type Layout, layoutOf } from './layout.ts';
import { placeOf, strokeWays } from './paths.ts';
import { Pixels, Sprites } from './sprites.ts';
import { type LookOf, lookOf } from './states.ts';

const DOT_PX = 6;

/** See the head of this file. */
export class Painter {
  readonly #still: HTMLCanvasElement;
  readonly #moving: HTMLCanvasElement;
  readonly #fleet: readonly Backend[];
  #layout: Layout;
  #sprites: Sprites | undefined;
  #pixels: Pixels = new Pixels(1, 1);
  #stillKey = '';
  #hasMotion = true;
  #travellers = 0;

  constructor(still: HTMLCanvasElement, moving: HTMLCanvasElement, fleet: readonly Backend[]) {
    this.#still = still;
    this.#moving = moving;
    this.#fleet = fleet;
    this.#layout = layoutOf(fleet, 600);
  }

  get layout(): Layout {
    return this.#layout;
  }

  /** Travelling requests that were drawn last. */
  get travellers(): number {
    return this.#travellers;
  }

  /** Without motion travelling requests are left out. */
  set hasMotion(has: boolean) {
    this.#hasMotion = has;
  }

  /** For a picture of this width, or another theme. */
  fit(width: number): void {
    this.#layout = layoutOf(this.#fleet, width);
    this.#sprites = undefined;
    this.#stillKey = '';
    const ratio = devicePixelRatio;
    for (const canvas of [this.#still, this.#moving]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(this.#layout.height * ratio);
      canvas.style.height = `${this.#layout.height}px`;
    }
    this.#pixels = new Pixels(this.#moving.width, this.#moving.height);
  }

  paint(frame: Frame): void {
    const looks = frame.backends.map(lookOf);
    this.#paintStill(frame, looks);
    // In memory: without a GPU half the work of recording first and painting later.
    const context = this.#moving.getContext('2d', { willReadFrequently: true });
    if (context === null) return;
    const ratio = devicePixelRatio;
    this.#sprites ??= this.#makeSprites(ratio);
    this.#pixels.clear();
    for (const [i, backend] of frame.backends.entries()) this.#paintWork(backend, i);
    if (this.#hasMotion) this.#paintDots(frame);
    this.#travellers = this.#hasMotion ? frame.dots.length / DOT_FIELDS : 0;
    this.#pixels.paintOn(context);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#paintGauges(context, frame);
    this.#paintAtBalancer(context, frame.atBalancer);
  }

  #makeSprites(ratio: number): Sprites {
    const palette = {
      fresh: colour('fresh'),
      middle: colour('middle'),
      old: colour('old'),
      ok: colour('pass'),
      failed: colour('fail'),
      surface: colour('surface'),
    };
    const size = this.#layout.lanes[0]?.slotSize ?? 10;
    const dot = Math.min(DOT_PX, this.#layout.gap);
    return new Sprites(palette, dot, Math.max(3, size - 2), ratio);
  }

  /** Lanes, boxes and ways; painted anew only when a state changes. */
  #paintStill(frame: Frame, looks: readonly LookOf[]): void {
    const key = looks.map(({ key: one }) => one).join();
    if (key === this.#stillKey) return;
    this.#stillKey = key;
    const context = this.#still.getContext('2d', { willReadFrequently: true });
    if (context === null) return;
    const { width, height, lanes, clients, balancer } = this.#layout;
    const ratio = devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.strokeStyle = colour('line');
    context.lineWidth = 1;
    strokeWays(context, this.#layout);
    for (const [i, lane] of lanes.entries()) {
      const look = looks[i];
      if (look !== undefined && frame.backends[i] !== undefined) paintLane(context, lane, look);
    }
    context.fillStyle = colour('muted');
    for (const { x, y } of clients) roundRect(context, x - 5, y - 5, 10, 10, 3);
    paintBalancer(context, balancer.x, balancer.y);
  }

  /** What a backend works at, and what waits before it. */
  #paintWork(backend: BackendFrame, index: number): void {
    const lane = this.#layout.lanes[index];
    const sprites = this.#sprites;
    const pixels = this.#pixels;
    if (lane === undefined || sprites === undefined) return;
    const { slots, queue } = backend;
    for (let i = 0; i + SLOT_FIELDS <= slots.length; i += SLOT_FIELDS) {
      const place = lane.slots[slots[i] as number];
      if (place === undefined) continue;
      sprites.slot(pixels, place.x, place.y, slots[i + 1] as number, slots[i + 2] as number);
    }
    const { gap } = this.#layout;
    const shown = Math.min(queue.length, this.#roomOf(lane));
    for (let i = 0; i < shown; i++) {
      sprites.dot(pixels, lane.boxX - 7 - i * gap, lane.y, queue[i] as number, 1, 0);
    }
  }

  #roomOf({ boxX, x }: Lane): number {
    return Math.max(1, Math.floor((boxX - x - 8) / this.#layout.gap));
  }

  /** How busy each backend is, and how many wait beyond those that are drawn. */
  #paintGauges(context: CanvasRenderingContext2D, { backends }: Frame): void {
    context.fillStyle = colour('accent');
    for (const [i, { utilisation }] of backends.entries()) {
      const lane = this.#layout.lanes[i];
      if (lane === undefined) continue;
      const height = (lane.height - 2) * Math.min(1, utilisation);
      const bottom = lane.y + lane.height / 2 - 1;
      context.fillRect(lane.boxX + lane.boxWidth + 2, bottom - height, 3, height);
    }
    for (const [i, { waiting, queue }] of backends.entries()) {
      const lane = this.#layout.lanes[i];
      if (lane === undefined) continue;
      if (waiting > Math.min(queue.length, this.#roomOf(lane))) {
        this.#paintOverflow(context, lane, waiting);
      }
    }
  }

  /** A queue that is longer than its lane, in a number. */
  #paintOverflow(context: CanvasRenderingContext2D, lane: Lane, waiting: number): void {
    const text = `${waiting}`;
    context.font = `600 ${Math.min(11, lane.height)}px system-ui, sans-serif`;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    const width = context.measureText(text).width + 6;
    context.fillStyle = colour('surface');
    roundRect(context, lane.x - width / 2, lane.y - 7, width, 14, 7);
    context.fillStyle = colour('old');
    context.fillText(text, lane.x - width / 2 + 3, lane.y + 0.5);
  }

  #paintDots(frame: Frame): void {
    const { dots, backends } = frame;
    const sprites = this.#sprites;
    if (sprites === undefined) return;
    for (let i = 0; i + DOT_FIELDS <= dots.length; i += DOT_FIELDS) {
      const path = dots[i] as number;
      const backend = dots[i + 2] as number;
      const progress = dots[i + 3] as number;
      const waiting = backends[backend]?.waiting ?? 0;
      const place = placeOf(this.#layout, path, dots[i + 1] as number, backend, progress, waiting);
      const fade = path === PATH.left ? progress : 0;
      const tone = dots[i + 4] as number;
      sprites.dot(this.#pixels, place.x, place.y, tone, dots[i + 5] as number, fade);
    }
  }

  #paintAtBalancer(context: CanvasRenderingContext2D, count: number): void {
    if (count === 0) return;
    const { x, y } = this.#layout.balancer;
    context.font = '600 11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = colour('text');
    context.fillText(`${count} wait`, x, y + 27);
  }
}

function roundRect(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radius: number,
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  context.fill();
}

/** The balancer: a disc with the sign of a scale's beam, level. */
function paintBalancer(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.fillStyle = colour('surface');
  context.strokeStyle = colour('accent');
  context.lineWidth = 2;
  context.beginPath();
  context.arc(x, y, 15, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.beginPath();
  for (const dy of [-5, 0, 5]) {
    context.moveTo(x - 6, y);
    context.lineTo(x + 6, y + dy);
  }
  context.stroke();
}

function paintLane(context: CanvasRenderingContext2D, lane: Lane, look: LookOf): void {
  const { boxX, boxWidth, y, height, slots, slotSize } = lane;
  const top = y - height / 2;
  context.fillStyle = colour(look.fill, look.fillAlpha);
  context.strokeStyle = colour(look.border);
  context.lineWidth = look.isBroken ? 1.8 : 1.2;
  context.setLineDash(look.isDashed ? [4, 3] : []);
  context.beginPath();
  context.roundRect(boxX, top, boxWidth, height, Math.min(7, height / 3));
  context.fill();
  context.stroke();
  context.setLineDash([]);
  context.strokeStyle = colour('line');
  context.lineWidth = 1;
  context.beginPath();
  for (const place of slots) {
    const radius = Math.max(1, slotSize / 2 - 1.5);
    context.moveTo(place.x + radius, place.y);
    context.arc(place.x, place.y, radius, 0, 2 * Math.PI);
  }
  context.stroke();
  if (!look.isBroken) return;
  context.strokeStyle = colour(look.border);
  context.lineWidth = 2;
  context.beginPath();
  const reach = Math.min(8, height / 3);
  const x = boxX + boxWidth / 2;
  context.moveTo(x - reach, y - reach);
  context.lineTo(x + reach, y + reach);
  context.moveTo(x + reach, y - reach);
  context.lineTo(x - reach, y + reach);
  context.stroke();
}
