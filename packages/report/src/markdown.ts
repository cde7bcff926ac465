/** Summaries that fit a comment of a pull request: a sentence, a table, and where the rest is. */

import type { Differences } from './differences.ts';
import { isAgainstSimulator, isGuard } from './laws.ts';
import { answersOf, doubtsOf } from './model/answer.ts';
import { type Section, sectionsOf } from './model/arms.ts';
import { differenceCells, differencesSentence } from './model/differences.ts';
import { answered, duration, UNKNOWN } from './model/format.ts';
import { labelOf, metricName, verdictWords } from './model/verdicts.ts';
import type { Results } from './results.ts';

/** Of a bench: the answers, a table for each compared scenario, and when not to believe them. */
export function benchMarkdown(results: Results): string {
  const sections = sectionsOf(results);
  const answers = answersOf(results, sections);
  const doubts = doubtsOf(results, sections);
  const tables = sections.filter(({ simulated }) => !simulated).map(sectionTable);
  return joined([
    ...answers.map(({ sentence, sure }) => `**${plain(sentence)}** ${plain(sure)}`.trim()),
    ...tables,
    details('When not to believe it', doubts.map((doubt) => `- ${plain(doubt)}`).join('\n')),
    ...(results.differences === undefined ? [] : [differencesMarkdown(results.differences)]),
    `    ${results.command.replace(/\s+/g, ' ')}`,
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
  const against = reference === undefined ? '' : ` against ${labelOf(section, reference)}`;
  return joined([
    `**${plain(section.name)}**`,
    table(['', 'answered', 'p50', 'p99', `verdict${plain(against)}`], rows),
  ]);
}

/** Of two saved benches: what has become worse first. */
export function differencesMarkdown(found: Differences): string {
  const order = ['worse', 'better', 'unresolved', 'same'];
  const rows = found.differences
    .toSorted((x, y) => order.indexOf(x.verdict) - order.indexOf(y.verdict))
    .map((one) => {
      const { arm, figure, before, now, change } = differenceCells(one);
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

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Names come from other people's files: none may end a cell or become markup. */
function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_|<>[\]]/g, '\\$&')
    .trim();
}
