/**
 * The law: whatever our parser accepts, with a method that node:http knows, node:http accepts with the
 * same method, target, fields and body length. It may accept more; we are the stricter one.
 */

import { METHODS } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import { type Random, seededRandom } from '@evenkeel/core';
import { noise, request } from './generate.ts';
import { type Reading, readByOurs } from './ours.ts';
import { NodeHttp } from './theirs.ts';

/** An input on which the two disagree. */
export interface Disagreement {
  readonly bytes: string;
  readonly ours: Reading;
  readonly theirs: Reading | undefined;
}

export interface FuzzReport {
  readonly tried: number;
  readonly accepted: number;
  readonly disagreements: readonly Disagreement[];
}

/** Tries inputs until `isOver`, or until ten of them disagree. */
export async function compareParsers(
  seed: number,
  isOver: (tried: number) => boolean,
): Promise<FuzzReport> {
  const random = seededRandom(seed);
  const node = new NodeHttp();
  const known = new Set(METHODS);
  const disagreements: Disagreement[] = [];
  let tried = 0;
  let accepted = 0;
  while (!isOver(tried) && disagreements.length < 10) {
    tried++;
    const bytes = input(random);
    const verdict = readByOurs(Buffer.from(bytes, 'latin1'));
    if (verdict.kind !== 'accepted' || !known.has(verdict.reading.method)) continue;
    accepted++;
    const ours = verdict.reading;
    const theirs = await node.read(Buffer.from(bytes.slice(0, verdict.end), 'latin1'));
    if (!isDeepStrictEqual(ours, theirs)) disagreements.push({ bytes, ours, theirs });
  }
  return { tried, accepted, disagreements };
}

function input(random: Random): string {
  return random.below(10) === 0 ? noise(random) : request(random);
}
