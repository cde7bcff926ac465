/** @evenkeel/bench: load generation, comparison and chaos, for those who want them in a program. */

export * from './commands/bench.ts';
export * from './commands/chaos.ts';
export { type Display, displayOn, silent } from './output/display.ts';
export { parseSubjects } from './subjects/parse.ts';
export type { Subject } from './subjects/subject.ts';
