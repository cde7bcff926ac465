/** The one judge of runs, live and simulated: windows, steady state, objectives, verdicts. */

export * from './backend-load.ts';
export * from './objectives.ts';
export * from './steady.ts';
export * from './windows.ts';
