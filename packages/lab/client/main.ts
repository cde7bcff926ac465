/** The page's script: puts the parts together. */

import { parse } from 'yaml';
import { fromFragment } from '../src/state/address.ts';
import { checkLabFile, LAB_SCHEMA, type LabFile } from '../src/state/lab-file.ts';
import { byId, setText } from './dom.ts';
import { Lab } from './lab.ts';
import { Stage } from './stage/stage.ts';
import { Transport } from './transport.ts';

/** What is shown if nothing is asked for. */
const FIRST: LabFile = {
  schema: LAB_SCHEMA,
  scenario: parse(LIBRARY['one-slow'] ?? ''),
  strategies: ['random', 'least-connections'],
  atMs: 0,
};

function tell(error: unknown): void {
  const problem = byId('problem');
  problem.hidden = false;
  setText(problem, error instanceof Error ? error.message : String(error));
}

/** From the address, else from the page, else the first one. */
async function startFile(): Promise<LabFile> {
  try {
    const shared = await fromFragment(location.hash);
    if (shared !== undefined) return shared;
    const given: unknown = JSON.parse(byId('start').textContent ?? 'null');
    if (given !== null) return checkLabFile(given, 'the file');
  } catch (error) {
    tell(error);
  }
  return FIRST;
}

async function start(): Promise<void> {
  const lab = new Lab(await startFile());
  const stage = new Stage(lab, () => undefined);
  new Transport(lab);
  Object.assign(globalThis, { evenkeelLab: { lab, stage } });
}

start().catch(tell);
