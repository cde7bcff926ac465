/** The ways that requests travel in a picture: curves from clients to the balancer and on to the backends. */

import { PATH } from '../../src/engine/frame.ts';
import type { Layout, Point } from './layout.ts';

/** Answers come back a little below the way that requests go. */
const BACK_PX = 5;

const at: { x: number; y: number } = { x: 0, y: 0 };

/** A curve that leaves and arrives level; the result is valid until the next call. */
function curve(from: Point, to: Point, t: number): Point {
  const u = 1 - t;
  const bend = (to.x - from.x) / 2;
  const a = u * u * u;
  const b = 3 * u * u * t;
  const c = 3 * u * t * t;
  const d = t * t * t;
  at.x = a * from.x + b * (from.x + bend) + c * (to.x - bend) + d * to.x;
  at.y = (a + b) * from.y + (c + d) * to.y;
  return at;
}

const end: { x: number; y: number } = { x: 0, y: 0 };

/** The place at a backend where a request arrives: behind those that wait. */
function arrival(layout: Layout, backend: number, waiting: number): Point {
  const lane = layout.lanes[backend];
  if (lane === undefined) return layout.balancer;
  end.x = lane.boxX - 6 - Math.min(waiting, layout.room) * layout.gap;
  end.y = lane.y;
  return end;
}

/** Part of the whole way that leads to the balancer. */
const FIRST_LEG = 0.4;

function there(layout: Layout, client: Point, target: Point, t: number): Point {
  const { balancer } = layout;
  if (t < FIRST_LEG) return curve(client, balancer, t / FIRST_LEG);
  return curve(balancer, target, (t - FIRST_LEG) / (1 - FIRST_LEG));
}

/** Where a travelling request is; valid until the next call. `waiting`: requests before it at its backend. */
export function placeOf(
  layout: Layout,
  path: number,
  request: number,
  backend: number,
  progress: number,
  waiting: number,
): Point {
  const client = layout.clients[request % layout.clients.length] ?? layout.balancer;
  const target = arrival(
    layout,
    backend,
    path === PATH.whole || path === PATH.toBackend ? waiting : 0,
  );
  let place: Point;
  if (path === PATH.whole) place = there(layout, client, target, progress);
  else if (path === PATH.toBalancer) place = curve(client, layout.balancer, progress);
  else if (path === PATH.toBackend) place = curve(layout.balancer, target, progress);
  else if (path === PATH.answer) place = there(layout, client, target, 1 - progress);
  else if (path === PATH.failedAttempt) place = curve(target, layout.balancer, progress);
  else if (path === PATH.refused) place = curve(layout.balancer, client, progress);
  else place = target;
  const isBack = path >= PATH.answer;
  at.x = place.x;
  at.y = place.y + (isBack ? BACK_PX : 0);
  return at;
}

/** Draws the ways once, as thin lines. */
export function strokeWays(context: CanvasRenderingContext2D, layout: Layout): void {
  context.beginPath();
  for (const { x, y, boxX } of layout.lanes) {
    way(context, layout.balancer, { x, y });
    context.lineTo(boxX, y);
  }
  for (const client of layout.clients) way(context, client, layout.balancer);
  context.stroke();
}

function way(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  const bend = (to.x - from.x) / 2;
  context.moveTo(from.x, from.y);
  context.bezierCurveTo(from.x + bend, from.y, to.x - bend, to.y, to.x, to.y);
}
