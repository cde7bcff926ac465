/** What every results.json of the simulator has in common. */

import { RESULTS_SCHEMA, type Results } from '@evenkeel/report';
import { commandLine, environment, gitState } from '../run/environment.ts';

/** Results without a run yet. */
export function emptyResults(seed: number): Omit<Results, 'verdict'> {
  return {
    schema: RESULTS_SCHEMA,
    kind: 'sim',
    startedAt: new Date().toISOString(),
    environment: environment(),
    git: gitState(),
    seed,
    command: commandLine('sim', process.argv.slice(2), seed),
    scenarios: [],
    runs: [],
    comparisons: [],
  };
}
