/** `pnpm bench compare A/results.json B/results.json`: what has changed from the first to the second. */

import { differencesMarkdown, differencesSentence, type Results } from '@evenkeel/report';
import { readResults } from '../cli/options.ts';
import { differencesOf, regressionsOf } from '../compare/differences.ts';
import { differencesTable } from '../output/differences-table.ts';
import type { Display } from '../output/display.ts';
import { type WriteOptions, writeDifferences, writeText } from '../output/write.ts';
import { UsageError } from '../usage.ts';
import { EXIT } from './exit-code.ts';

/** Returns the exit code: 1 where something has become worse beyond the margin. */
export async function compareSaved(
  [before, now]: readonly [string, string],
  margin: number,
  flags: WriteOptions & { readonly markdown?: string | undefined },
  display: Display,
): Promise<number> {
  const [first, second] = [before, now].map((file) => readResults('bench compare', file)) as [
    Results,
    Results,
  ];
  if (JSON.stringify(first) === JSON.stringify(second)) {
    throw new UsageError(`bench compare: expected two benches, got the same one twice ("${now}")`);
  }
  const found = differencesOf(first, second, margin);
  if (found.differences.length === 0) {
    const why = found.notes.map((note) => ` ${note}`).join('');
    throw new UsageError(`bench compare: ${before} and ${now} have nothing in common.${why}`);
  }
  const page = await writeDifferences(found, flags);
  await writeText(flags.markdown, () => differencesMarkdown(found));
  for (const line of differencesTable(found, display.colour)) display.line(line);
  for (const note of found.notes) display.line(`  ${note}`);
  display.line(`\n${differencesSentence(found)}\nreport: ${page}`);
  return regressionsOf(found).length > 0 ? EXIT.failed : EXIT.ok;
}
