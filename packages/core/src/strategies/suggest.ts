/** "Did you mean …?": the known name nearest to one that was mistyped. */

/** Letters and digits alone, so that `least_conn` is recognised in `least-connections`. */
function bare(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/**
 * The distance of Damerau and Levenshtein (optimal string alignment): insertions, deletions,
 * replacements and exchanges of neighbours from one word to the other.
 */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isExchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const exchanged = isExchanged ? (beforePrevious[j - 2] ?? 0) + 1 : replaced;
      row.push(Math.min(replaced, exchanged, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

const LONGEST_NAME = 40;

/** The one of `known` that was probably meant by `name`; undefined if none is near. */
export function suggest(name: string, known: readonly string[]): string | undefined {
  const wanted = bare(name);
  if (wanted.length < 2 || wanted.length > LONGEST_NAME) return undefined;
  const containing = known.find((candidate) => bare(candidate).includes(wanted));
  if (containing !== undefined) return containing;
  let nearest: string | undefined;
  let least = Math.floor(wanted.length / 3) + 1;
  for (const candidate of known) {
    const distance = editDistance(wanted, bare(candidate));
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

/** ` (did you mean x?)`, or nothing. */
export function didYouMean(name: string, known: readonly string[]): string {
  const meant = suggest(name, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}
