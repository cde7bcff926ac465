/** Summaries that fit a comment of a pull request: a sentence, a table, and where the rest is. */

import type { Differences } from './differences.ts';
import { isAgainstSimulator, isGuard } from './laws.ts';
import { answersOf, doubtsOf } from './model/answer.ts';
import { type Section, sectionsOf } from './model/arms.ts';
import { differenceCells, differencesSentence } from './model/differences.ts';
import { answered, duration, UNKNOWN } from './model/format.ts';
import { type MatrixCell, matrixRow, timesText } from './model/matrix-row.ts';
import { labelOf, metricName, verdictWords } from './model/verdicts.ts';
import type { Results } from './results.ts';

/** Multiples below are written as the best: they are equal to two decimals. */
const BEST_BELOW = 1.005;

/** Of a bench: what was found, what has changed since an earlier run, and how to repeat it. */
export function benchMarkdown(results: Results): string {
  const { differences, command } = results;
  return joined([
    foundMarkdown(results).trim(),
    ...(differences === undefined ? [] : [differencesMarkdown(differences)]),
    `    ${command.replace(/\s+/g, ' ')}`,
  ]);
}

/** The answers, a table for each live scenario, and when not to believe them. */
export function foundMarkdown(results: Results): string {
  const sections = sectionsOf(results);
  const answers = answersOf(results, sections);
  const doubts = doubtsOf(results, sections);
  const tables = sections.filter(({ simulated }) => !simulated).map(sectionTable);
  return joined([
    ...answers.map(({ sentence, sure }) => `**${plain(sentence)}** ${plain(sure)}`.trim()),
    ...tables,
    details('When not to believe it', doubts.map((doubt) => `- ${plain(doubt)}`).join('\n')),
  ]);
}

function sectionTable(section: Section): string {
  const rows = section.arms.map((arm) => {
    const own = section.comparisons.find(
      (one) => one.a === arm.id && !isAgainstSimulator(one) && !isGuard(one),
    );
    const verdict = own === undefined ? '' : `${verdictWords(own)} in ${metricName(own.metric)}`;
    const { p50, p99 } = arm.latency;
    return [
      labelOf(section, arm.id),
      answered(arm.answered),
      duration(p50),
      duration(p99),
      verdict,
    ].map(plain);
  });
  const reference = section.comparisons[0]?.b;
  const against = reference === undefined ? '' : ` against ${plain(labelOf(section, reference))}`;
  return joined([
    `**${plain(section.name)}**`,
    table(['', 'answered', 'p50', 'p99', `verdict${against}`], rows),
  ]);
}

/**
 * The matrix of scenarios by strategies, a column for each that is named: p99 as a multiple of the best
 * of all strategies, in bold where it is that one; in its place what was answered, where that is less than
 * 99.9 %. A ! behind it: an objective was missed.
 */
export function matrixMarkdown(
  sections: readonly Section[],
  strategies: readonly string[],
): string {
  const rows = sections.map((section) => {
    const cells = new Map(matrixRow(section).map((cell) => [cell.arm.key, cell]));
    return [section.name, ...strategies.map((name) => matrixText(cells.get(name)))];
  });
  return table(['scenario', ...strategies], rows, true);
}

function matrixText(cell: MatrixCell | undefined): string {
  if (cell === undefined || cell.times === null) return UNKNOWN;
  const { arm, times, failed, greyed } = cell;
  const multiple = times < BEST_BELOW ? `**${times.toFixed(2)}**` : timesText(times);
  return `${greyed ? answered(arm.answered) : multiple}${failed ? ' !' : ''}`;
}

/** Of two saved benches: what has become worse first. */
export function differencesMarkdown(found: Differences): string {
  const order = ['worse', 'better', 'unresolved', 'same'];
  const rows = found.differences
    .toSorted((x, y) => order.indexOf(x.verdict) - order.indexOf(y.verdict))
    .map((one) => {
      const { arm, figure, before, now, change } = differenceCells(one, found.differences);
      const verdict = one.verdict === 'worse' ? '**worse**' : one.verdict;
      return [...[one.scenario, arm, figure, before, now, change].map(plain), verdict];
    });
  const commits = [found.before, found.now].map(({ commit }) => commit?.slice(0, 12) ?? UNKNOWN);
  return joined([
    `**${plain(differencesSentence(found))}**`,
    table(['scenario', 'arm', 'figure', 'before', 'now', 'change (95 %)', ''], rows),
    ...found.notes.map(plain),
    `From ${commits.join(' to ')}.`,
  ]);
}

function details(title: string, text: string): string {
  return text === '' ? '' : `<details><summary>${title}</summary>\n\n${text}\n\n</details>`;
}

function joined(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** `isRight`: all columns but the first hold figures. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  isRight = false,
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (isRight && i > 0 ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** Names come from other people's files: none may end a cell or become markup. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_|<>[\]]/g, '\\$&')
    .trim();
}
