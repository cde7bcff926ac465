/**
 * Errors come first: an arm that answered less than the other is never the better one, however fast
 * it was with the rest.
 */

import { answeredShare, type Comparison, type Run } from '@evenkeel/report';
import { estimate } from './estimate.ts';

/** Shares that differ by less are no reason to call an arm worse: one request in a thousand. */
const MATERIAL = 0.001;

/** A round of both arms. */
export type RoundPair = readonly [a: Run, b: Run];

/** Which arm answered less, and whether that is beyond chance and worth a verdict. */
export interface Availability {
  readonly answered: { readonly a: number | null; readonly b: number | null };
  readonly less: 'a' | 'b' | null;
  readonly isTold: boolean;
}

/** Over the given rounds. Failures come in bursts, so chance is judged by rounds, not by requests. */
export function availabilityOf(pairs: readonly RoundPair[]): Availability {
  const total = (side: 0 | 1): number | null =>
    answeredShare({
      sent: pairs.reduce((sum, pair) => sum + pair[side].requests.sent, 0),
      ok: pairs.reduce((sum, pair) => sum + pair[side].requests.ok, 0),
    });
  const [a, b] = [total(0), total(1)];
  const answered = { a, b };
  if (a === null || b === null || a === b) return { answered, less: null, isTold: false };
  const differences = pairs.map(([x, y]) => {
    return (answeredShare(x.requests) ?? 0) - (answeredShare(y.requests) ?? 0);
  });
  const isTold =
    pairs.length > 1 && Math.abs(a - b) >= MATERIAL && excludesZero(estimate(differences));
  return { answered, less: a < b ? 'a' : 'b', isTold };
}

function excludesZero({ low, high }: { readonly low: number; readonly high: number }): boolean {
  return low > 0 || high < 0;
}

/** What becomes of the verdict on speed once it is known what was answered. */
export function gated(
  speed: Comparison['verdict'],
  { less, isTold }: Availability,
): { readonly verdict: Comparison['verdict']; readonly reason?: string } {
  if (less === null) return { verdict: speed };
  const more = less === 'a' ? 'b' : 'a';
  if (isTold) return { verdict: more, reason: 'by what was answered' };
  return speed === less
    ? { verdict: 'unresolved', reason: 'the faster one answered less' }
    : { verdict: speed };
}
