/** @evenkeel/report: the contract of results.json, and results in, one self-contained HTML file out. */

export * from './differences.ts';
export * from './errors.ts';
export * from './figures.ts';
export * from './folder.ts';
export * from './histogram.ts';
export * from './judge/index.ts';
export * from './laws.ts';
export * from './markdown.ts';
export { pooledLatency, type Section, sectionsOf, sumRequests } from './model/arms.ts';
export * from './model/differences.ts';
export * as format from './model/format.ts';
export * from './model/honesty.ts';
export { objectivesInWords } from './model/verdicts.ts';
export { renderDifferences } from './page/differences.ts';
export { renderReport } from './page/page.ts';
export * from './report.ts';
export * from './results.ts';
export * from './schema.ts';
export * from './sweep.ts';
export * from './text-table.ts';
