/** What failed, or was traced, as a film: a file for the lab, and the line that shows it. */

import { writeFileSync } from 'node:fs';
import { LAB_SCHEMA, type LabFile } from '@evenkeel/core/testing';
import { scenarioDocument } from '../scenario/document.ts';
import type { Scenario } from '../scenario/types.ts';
import { commandLine } from './environment.ts';
import { strategyFileOf } from './strategy-by-name.ts';

/** What is to be seen. */
export interface Replay {
  readonly scenario: Scenario;
  /** In place of the scenario's. */
  readonly seed: number;
  /** Of the registry, or `file:PATH`; at most four. */
  readonly strategies: readonly string[];
  /** The moment to open at, from the start of the load; default: when the first fault begins. */
  readonly atMs?: number;
  /** Why: a failure's message. */
  readonly note?: string;
}

/** A path that is the same in whichever folder the lab is started. */
function fromAnywhere(name: string): string {
  const path = strategyFileOf(name);
  return path === undefined ? name : `file:${path}`;
}

/** Writes the file, and returns the line that opens it: `pnpm lab --replay PATH`. */
export function writeReplay(path: string, replay: Replay): string {
  const { scenario, seed, strategies, note } = replay;
  const firstMs = Math.min(...scenario.faults.map(({ atMs }) => atMs));
  const ofFirst = firstMs < Infinity ? scenario.load.warmupMs + firstMs : 0;
  const file: LabFile = {
    schema: LAB_SCHEMA,
    scenario: { ...scenarioDocument(scenario), seed },
    strategies: strategies.map(fromAnywhere),
    atMs: replay.atMs ?? ofFirst,
    ...(note !== undefined && { note }),
  };
  writeFileSync(path, `${JSON.stringify(file)}\n`);
  return commandLine('lab', ['--replay', path]);
}
