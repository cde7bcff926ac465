/**
 * Rounds: every arm once per round, in an order drawn anew, all arms of a round under the same
 * arrivals and the same work. A void run is repeated once at once.
 */

import { type Random, seededRandom } from '@evenkeel/core';
import type { Run, Times } from '@evenkeel/report';
import { expandFleet, type Scenario } from '@evenkeel/sim';
import type { Display } from '../output/display.ts';
import { nameOf } from './arms.ts';
import { isEpisode } from './episode.ts';
import { unlessInterrupted } from './interrupt.ts';
import { type RunRecord, recordOf, withAccounting } from './record.ts';
import type { Arm, RawRun, Stage } from './stage.ts';

export interface RoundsOptions {
  readonly stage: Stage;
  readonly scenario: Scenario;
  readonly arms: readonly Arm[];
  readonly rounds: number;
  readonly load: Scenario['load'];
  readonly seed: number;
  readonly commandEpochMs: number;
  readonly display: Display;
  /** What was not service, where that is asked for. */
  readonly queueing?: (raw: RawRun) => Times;
}

/** The arms in a random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const [a, b] = [order[i], order[j]] as [T, T];
    order[i] = b;
    order[j] = a;
  }
  return order;
}

/**
 * All rounds of a scenario, accounted for; of an interrupted one, what was finished. An arm that is
 * absent is left out, be it from the start or from some round on.
 */
export async function runRounds(options: RoundsOptions): Promise<Run[]> {
  const { stage } = options;
  const records: RunRecord[] = [];
  await unlessInterrupted(() => runInto(records, options));
  const journal = await stage.journal();
  return records.map((record) =>
    journal === null || record.isElsewhere
      ? record.run
      : withAccounting(record, journal.byRequest, stage.backendIds).run,
  );
}

async function runInto(records: RunRecord[], options: RoundsOptions): Promise<void> {
  const { stage, scenario, arms, rounds, seed, display } = options;
  const random = seededRandom(seed).fork(`rounds/${scenario.name}`);
  for (let round = 1; round <= rounds; round++) {
    const roundSeed = random.fork(`seed/${round}`).below(2 ** 31);
    const order = shuffled(arms, random.fork(`order/${round}`));
    for (const [i, arm] of order.entries()) {
      if (!stage.isPresent(arm)) continue;
      const done = (round - 1) * arms.length + i;
      const what = `${scenario.name}  round ${round} of ${rounds}  ${nameOf(arm)}`;
      display.status(what, done / (rounds * arms.length));
      if (!isEpisode(scenario)) await stage.advance(arm, phaseOf(random, scenario, arm, round));
      records.push(await runOnce(options, arm, round, i + 1, roundSeed, what));
    }
    display.step(`${scenario.name}: round ${round} of ${rounds} done`);
  }
}

/**
 * By how many requests a strategy that goes round is moved on before a round: drawn for each arm and
 * round, so that over the rounds it begins at every backend alike.
 */
export function phaseOf(
  random: Random,
  scenario: Pick<Scenario, 'fleet'>,
  arm: Pick<Arm, 'subject' | 'label'>,
  round: number,
): number {
  return random.fork(`phase/${round}/${nameOf(arm)}`).below(expandFleet(scenario).length);
}

async function runOnce(
  { stage, scenario, load, commandEpochMs, display, queueing }: RoundsOptions,
  arm: Arm,
  round: number,
  order: number,
  seed: number,
  what: string,
): Promise<RunRecord> {
  const once = async (): Promise<{ record: RunRecord; raw: RawRun }> => {
    const onFault = (kind: string, target: string, how: string): void =>
      display.step(`${what}: ${kind} of ${target} ${how}`);
    const raw = await stage.run(arm, { load, seed, onFault });
    const place = { arm, round, order, seed, commandEpochMs };
    return { record: recordOf({ ...scenario, load }, place, raw), raw };
  };
  let kept = await once();
  if (!kept.record.run.valid) {
    display.step(`${what}: void (${kept.record.run.void}), repeated`);
    kept = await once();
  }
  if (queueing === undefined) return kept.record;
  const { record, raw } = kept;
  return { ...record, run: { ...record.run, queueing: queueing(raw) } };
}
