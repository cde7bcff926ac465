/**
 * All that moves, drawn once per theme and size into a strip, and copied from there: thousands of copies cost
 * less than hundreds of arcs, most of all without a GPU. Shapes differ too, so that nothing hangs on
 * colour alone: a retry is a diamond, a failure a cross.
 */

import { TONE_FAILED, TONE_OK } from '../../src/engine/frame.ts';

/** Steps of age, fresh to old. */
const AGES = 8;
/** Columns of the strip: ages, then ok, then failed. */
const TONES = AGES + 2;
/** Rows: the dot, the dot of a retry, then parts of work done. */
const PARTS = 8;
const ROWS = 2 + PARTS;

export interface Palette {
  readonly fresh: string;
  readonly middle: string;
  readonly old: string;
  readonly ok: string;
  readonly failed: string;
  readonly surface: string;
}

type Context = OffscreenCanvasRenderingContext2D;

/** Copies sprites onto a canvas whose transform is the identity. */
export class Sprites {
  readonly #strip: ImageBitmap;
  readonly #cell: number;
  readonly #ratio: number;

  /** @param dotPx diameter of dots, @param slotPx of slots, both in CSS pixels */
  constructor(palette: Palette, dotPx: number, slotPx: number, ratio: number) {
    this.#cell = Math.ceil((Math.max(dotPx, slotPx) + 2) * ratio);
    this.#ratio = ratio;
    const strip = new OffscreenCanvas(this.#cell * TONES, this.#cell * ROWS);
    const context = strip.getContext('2d');
    if (context === null) throw new Error('this browser has no canvas');
    for (let tone = 0; tone < TONES; tone++) {
      for (let row = 0; row < ROWS; row++) {
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.translate((tone + 0.5) * (this.#cell / ratio), (row + 0.5) * (this.#cell / ratio));
        context.fillStyle = toneColour(palette, tone);
        context.strokeStyle = context.fillStyle;
        if (row === 0) dot(context, dotPx / 2, tone);
        else if (row === 1) diamond(context, dotPx / 2 + 0.8, tone);
        else slot(context, slotPx / 2 - 0.5, (row - 1) / PARTS);
      }
    }
    this.#strip = strip.transferToImageBitmap();
  }

  dot(context: CanvasRenderingContext2D, x: number, y: number, tone: number, attempts: number) {
    this.#copy(context, x, y, column(tone), attempts > 1 ? 1 : 0);
  }

  /** @param done part of the work that is done, 0 to 1 */
  slot(context: CanvasRenderingContext2D, x: number, y: number, tone: number, done: number) {
    const row = 2 + Math.min(PARTS - 1, Math.floor(done * PARTS));
    this.#copy(context, x, y, column(tone), row);
  }

  /** Whole pixels and no scaling: so a copy is one, and not a resampling. */
  #copy(context: CanvasRenderingContext2D, x: number, y: number, tone: number, row: number): void {
    const cell = this.#cell;
    const left = Math.round(x * this.#ratio - cell / 2);
    const top = Math.round(y * this.#ratio - cell / 2);
    context.drawImage(this.#strip, tone * cell, row * cell, cell, cell, left, top, cell, cell);
  }
}

function column(tone: number): number {
  if (tone >= TONE_FAILED) return AGES + 1;
  if (tone >= TONE_OK) return AGES;
  return Math.min(AGES - 1, Math.floor(tone * AGES));
}

/** The colour of one column. */
export function toneColour(palette: Palette, tone: number): string {
  if (tone === AGES) return palette.ok;
  if (tone > AGES) return palette.failed;
  const at = tone / (AGES - 1);
  const [from, to, part] =
    at < 0.5 ? [palette.fresh, palette.middle, at * 2] : [palette.middle, palette.old, at * 2 - 1];
  return `color-mix(in oklab, ${from} ${Math.round((1 - part) * 100)}%, ${to})`;
}

function dot(context: Context, radius: number, tone: number): void {
  if (tone > AGES) {
    cross(context, radius);
    return;
  }
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fill();
}

function cross(context: Context, radius: number): void {
  context.lineWidth = 1.8;
  context.lineCap = 'round';
  context.beginPath();
  context.moveTo(-radius * 0.8, -radius * 0.8);
  context.lineTo(radius * 0.8, radius * 0.8);
  context.moveTo(radius * 0.8, -radius * 0.8);
  context.lineTo(-radius * 0.8, radius * 0.8);
  context.stroke();
}

function diamond(context: Context, radius: number, tone: number): void {
  if (tone > AGES) {
    cross(context, radius);
    return;
  }
  context.beginPath();
  context.moveTo(0, -radius);
  context.lineTo(radius, 0);
  context.lineTo(0, radius);
  context.lineTo(-radius, 0);
  context.fill();
}

/** A slot at work: a pale disc, and as much of it full as is done. */
function slot(context: Context, radius: number, done: number): void {
  context.globalAlpha = 0.3;
  context.beginPath();
  context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.fill();
  context.globalAlpha = 1;
  context.beginPath();
  context.moveTo(0, 0);
  context.arc(0, 0, radius, -Math.PI / 2, -Math.PI / 2 + done * 2 * Math.PI);
  context.fill();
}
