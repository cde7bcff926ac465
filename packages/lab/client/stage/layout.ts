/** Where everything stands in the picture of one world, in CSS pixels. */

import type { Backend } from '@evenkeel/sim/engine';
import { SLOTS_SHOWN } from '../../src/engine/frame.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A backend's row: a lane in which requests wait, and a box of slots at its right end. */
export interface Lane {
  readonly y: number;
  readonly height: number;
  /** Where the lane begins, and where the box does. */
  readonly x: number;
  readonly boxX: number;
  readonly boxWidth: number;
  readonly slots: readonly Point[];
  readonly slotSize: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly isNarrow: boolean;
  readonly clients: readonly Point[];
  readonly balancer: Point;
  readonly lanes: readonly Lane[];
  /** Distance of requests that wait, and room for so many in a lane. */
  readonly gap: number;
  readonly room: number;
}

const PADDING = 10;
const CLIENTS = 8;
const NARROW_PX = 480;
const ROW_HEIGHTS: readonly (readonly [rows: number, height: number])[] = [
  [3, 62],
  [4, 54],
  [6, 42],
  [10, 30],
  [16, 22],
  [32, 13],
];
/** Rows beyond these are drawn too, each a few pixels high. */
const ROW_MIN = 7;
const SLOT_MAX = 15;

function rowHeight(rows: number): number {
  return ROW_HEIGHTS.find(([most]) => rows <= most)?.[1] ?? ROW_MIN;
}

/** A grid of slots within a height; the slots are as large as fit. */
function slotGrid(count: number, height: number, widthMax: number): { size: number; rows: number } {
  for (let size = SLOT_MAX; size > 4; size--) {
    const rows = Math.max(1, Math.floor(height / size));
    if (Math.ceil(count / rows) * size <= widthMax) return { size, rows };
  }
  return { size: 4, rows: Math.max(1, Math.floor(height / 4)) };
}

function laneOf(
  backend: Backend,
  y: number,
  height: number,
  { x, right }: { readonly x: number; readonly right: number },
): Lane {
  const count = Math.min(SLOTS_SHOWN, backend.concurrency);
  const inner = Math.max(4, height - 8);
  const { size, rows } = slotGrid(count, inner, (right - x) * 0.5);
  const columns = Math.ceil(count / rows);
  const boxWidth = columns * size + 8;
  const boxX = right - boxWidth;
  const usedRows = Math.min(rows, count);
  const top = y - (usedRows * size) / 2;
  const slots = Array.from({ length: count }, (_, i) => ({
    x: boxX + 4 + (Math.floor(i / usedRows) + 0.5) * size,
    y: top + ((i % usedRows) + 0.5) * size,
  }));
  return { y, height: height - 4, x, boxX, boxWidth, slots, slotSize: size };
}

/** Lays a fleet out in a picture of this width. */
export function layoutOf(fleet: readonly Backend[], width: number): Layout {
  const isNarrow = width < NARROW_PX;
  const row = rowHeight(fleet.length);
  const height = Math.max(150, fleet.length * row + 2 * PADDING);
  const top = (height - fleet.length * row) / 2;
  const labels = isNarrow ? 62 : 94;
  const x = width * (isNarrow ? 0.36 : 0.4);
  const lanes = fleet.map((backend, i) =>
    laneOf(backend, top + (i + 0.5) * row, row, { x, right: width - labels }),
  );
  const clientGap = Math.min(26, (height - 2 * PADDING) / CLIENTS);
  const clients = Array.from({ length: CLIENTS }, (_, i) => ({
    x: isNarrow ? 12 : 18,
    y: height / 2 + (i - (CLIENTS - 1) / 2) * clientGap,
  }));
  const gap = Math.max(4, Math.min(9, row / 4));
  const shortest = Math.min(...lanes.map((lane) => lane.boxX - lane.x));
  return {
    width,
    height,
    isNarrow,
    clients,
    balancer: { x: width * (isNarrow ? 0.19 : 0.2), y: height / 2 },
    lanes,
    gap,
    room: Math.max(1, Math.floor((shortest - 8) / gap)),
  };
}
