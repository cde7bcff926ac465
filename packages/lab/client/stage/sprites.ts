/**
 * All that moves, drawn once per theme and size, and kept as lists of pixels: thousands of copies cost less than
 * hundreds of arcs, most of all without a GPU. Shapes differ too, so that nothing hangs on colour
 * alone: a retry is a diamond, a failure a cross.
 */

import { TONE_FAILED, TONE_OK } from '../../src/engine/frame.ts';

/** Steps of age, fresh to old. */
const AGES = 8;
/** Columns of the strip: ages, then ok, then failed. */
const TONES = AGES + 2;
/** Dots that fade: of full strength, then weaker and weaker. */
const FADES = 4;
/** Parts of the work done that a slot tells apart. */
const PARTS = 8;
/** Rows: dots, dots of retries, each with its fades; then slots by the part of the work that is done. */
const RETRY_ROW = FADES;
const SLOT_ROW = 2 * FADES;
const ROWS = SLOT_ROW + PARTS;
/** A pixel of at least so much is drawn over what is there. */
const OPAQUE = 128;

export interface Palette {
  readonly fresh: string;
  readonly middle: string;
  readonly old: string;
  readonly ok: string;
  readonly failed: string;
  readonly surface: string;
}

type Context = OffscreenCanvasRenderingContext2D;

/** The pixels of one sprite that are not empty: where they are, from its middle, and their colour. */
interface Sprite {
  readonly x: Int8Array;
  readonly y: Int8Array;
  readonly colour: Uint32Array;
  /** Stands over what is there already; else it is an edge, which gives way. */
  readonly isOpaque: Uint8Array;
}

/** All sprites of one theme and size. */
export class Sprites {
  readonly #sprites: readonly Sprite[];
  readonly #ratio: number;

  /** @param dotPx diameter of dots, @param slotPx of slots, both in CSS pixels */
  constructor(palette: Palette, dotPx: number, slotPx: number, ratio: number) {
    this.#ratio = ratio;
    const cell = Math.min(120, Math.ceil((Math.max(dotPx, slotPx) + 2) * ratio));
    const strip = new OffscreenCanvas(cell * TONES, cell * ROWS);
    const context = strip.getContext('2d', { willReadFrequently: true });
    if (context === null) throw new Error('this browser has no canvas');
    for (let row = 0; row < ROWS; row++) {
      for (let tone = 0; tone < TONES; tone++) {
        context.setTransform(ratio, 0, 0, ratio, (tone + 0.5) * cell, (row + 0.5) * cell);
        context.fillStyle = toneColour(palette, tone);
        context.strokeStyle = context.fillStyle;
        context.globalAlpha = row < SLOT_ROW ? 1 - (row % FADES) / FADES : 1;
        if (row < RETRY_ROW) dot(context, dotPx / 2, tone);
        else if (row < SLOT_ROW) diamond(context, dotPx / 2 + 0.8, tone);
        else slot(context, slotPx / 2 - 0.5, (row - SLOT_ROW + 1) / PARTS);
      }
    }
    this.#sprites = Array.from({ length: ROWS * TONES }, (_, i) => {
      const left = (i % TONES) * cell;
      return spriteOf(context.getImageData(left, Math.floor(i / TONES) * cell, cell, cell));
    });
  }

  /** @param fade 0: of full strength, towards 1: gone */
  dot(to: Pixels, x: number, y: number, tone: number, attempts: number, fade: number): void {
    const row = Math.min(FADES - 1, Math.floor(fade * FADES)) + (attempts > 1 ? RETRY_ROW : 0);
    this.#copy(to, x, y, column(tone), row);
  }

  /** @param done part of the work that is done, 0 to 1 */
  slot(to: Pixels, x: number, y: number, tone: number, done: number): void {
    const row = SLOT_ROW + Math.min(PARTS - 1, Math.floor(done * PARTS));
    this.#copy(to, x, y, column(tone), row);
  }

  #copy(to: Pixels, x: number, y: number, tone: number, row: number): void {
    const sprite = this.#sprites[row * TONES + tone];
    if (sprite !== undefined) to.put(sprite, x * this.#ratio, y * this.#ratio);
  }
}

function spriteOf({ data, width, height }: ImageData): Sprite {
  const words = new Uint32Array(data.buffer);
  const used = [...words.keys()].filter((i) => (data[4 * i + 3] as number) > 0);
  return {
    x: Int8Array.from(used, (i) => (i % width) - (width >> 1)),
    y: Int8Array.from(used, (i) => Math.floor(i / width) - (height >> 1)),
    colour: Uint32Array.from(used, (i) => words[i] as number),
    isOpaque: Uint8Array.from(used, (i) => ((data[4 * i + 3] as number) >= OPAQUE ? 1 : 0)),
  };
}

/** The picture of what moves, pixel by pixel, until it goes onto a canvas. */
export class Pixels {
  readonly #image: ImageData;
  readonly #words: Uint32Array;

  constructor(width: number, height: number) {
    this.#image = new ImageData(Math.max(1, width), Math.max(1, height));
    this.#words = new Uint32Array(this.#image.data.buffer);
  }

  clear(): void {
    this.#words.fill(0);
  }

  /** Puts a sprite with its middle at whole pixels. */
  put({ x, y, colour, isOpaque }: Sprite, atX: number, atY: number): void {
    const { width, height } = this.#image;
    const words = this.#words;
    const left = Math.round(atX);
    const top = Math.round(atY);
    for (let i = 0; i < colour.length; i++) {
      const toX = left + (x[i] as number);
      const toY = top + (y[i] as number);
      if (toX < 0 || toY < 0 || toX >= width || toY >= height) continue;
      const at = toY * width + toX;
      if (isOpaque[i] === 1 || words[at] === 0) words[at] = colour[i] as number;
    }
  }

  paintOn(context: CanvasRenderingContext2D): void {
    context.putImageData(this.#image, 0, 0);
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
