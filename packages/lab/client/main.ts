/** The page's script: puts the parts together. */

import { lessons } from '../src/lessons/index.ts';
import { fromFragment } from '../src/state/address.ts';
import { checkLabFile, LAB_SCHEMA, type LabFile } from '../src/state/lab-file.ts';
import { FiguresView } from './charts/figures.ts';
import { byId, setText } from './dom.ts';
import { Lab } from './lab.ts';
import { BreakPanel } from './panels/break.ts';
import { FilesPanel } from './panels/files.ts';
import { OwnPanel } from './panels/own.ts';
import { RunsTable } from './panels/runs.ts';
import { SettingsPanel } from './panels/settings.ts';
import { showSteps } from './panels/steps.ts';
import { StrategiesPanel } from './panels/strategies.ts';
import { shutWebRtc } from './shut.ts';
import { forgetColours } from './stage/colours.ts';
import { Stage } from './stage/stage.ts';
import { startTheme } from './theme.ts';
import { Tour } from './tour.ts';
import { Transport } from './transport.ts';

/** Figures are brought up to date so often while the film runs, one chart at a time. */
const FIGURES_EVERY_MS = 200;

function tell(error: unknown): void {
  const problem = byId('problem');
  problem.hidden = false;
  setText(problem, error instanceof Error ? error.message : String(error));
}

/** Said to screen readers, and shown for a moment. */
function say(text: string): void {
  setText(byId('announce'), text);
}

/** The first lesson's world, where nothing else is asked for. */
function firstLesson(): LabFile {
  const { scenario = {}, strategies = [], atMs = 0, speed = 1 } = lessons[0] ?? {};
  return { schema: LAB_SCHEMA, scenario, strategies, atMs, speed };
}

/** From the address, else from the page; undefined: the tour. */
async function givenFile(): Promise<LabFile | undefined> {
  try {
    const shared = await fromFragment(location.hash);
    if (shared !== undefined) return shared;
    const given: unknown = JSON.parse(byId('start').textContent ?? 'null');
    return given === null ? undefined : checkLabFile(given, 'the file');
  } catch (error) {
    tell(error);
    return undefined;
  }
}

/** Charts follow the film now and then; once it stands still, they are brought up to date as a whole. */
function driveFigures(lab: Lab, stage: Stage, figures: FiguresView): void {
  let lastAskMs = 0;
  let lastShowMs = 0;
  let isBehind = true;
  lab.wantsFigures = () => {
    const nowMs = performance.now();
    if (lab.isPlaying && nowMs - lastAskMs < FIGURES_EVERY_MS) return false;
    lastAskMs = nowMs;
    return true;
  };
  lab.listen((change) => {
    if (change !== 'speed') isBehind = true;
  });
  stage.afterEach((nowMs) => {
    if (lab.isPlaying) {
      if (nowMs - lastShowMs < FIGURES_EVERY_MS) return;
      lastShowMs = nowMs;
      figures.update();
    } else if (isBehind && lab.isSettled) {
      isBehind = false;
      figures.update(true);
    }
  });
}

/** What a file brings beside its worlds: why it was written, and a counter-example. */
function present({ note, steps }: LabFile): void {
  if (note !== undefined) tell(note);
  if (steps !== undefined) showSteps(steps);
}

/** Another address in the same window: what it holds is shown; what is damaged changes nothing. */
function followAddress(lab: Lab): void {
  addEventListener('hashchange', async () => {
    try {
      const shared = await fromFragment(location.hash);
      if (shared === undefined) return;
      lab.open(shared, 'the address');
      present(shared);
    } catch (error) {
      tell(error);
    }
  });
}

async function start(): Promise<void> {
  shutWebRtc();
  const given = await givenFile();
  const lab = new Lab(given ?? firstLesson());
  const stage = new Stage(lab, (id, at) => breaking.open(id, at));
  const breaking = new BreakPanel(lab, say);
  new Transport(lab);
  new StrategiesPanel(lab);
  new SettingsPanel(lab, tell);
  new OwnPanel(lab);
  const files = new FilesPanel(lab, { tell, say, present });
  const figures = new FiguresView(lab);
  new RunsTable(lab);
  driveFigures(lab, stage, figures);
  followAddress(lab);
  // What was wrong, or was a counter-example, is over once something else is shown.
  lab.listen((change) => {
    if (change !== 'file') return;
    byId('problem').hidden = true;
    byId('steps').hidden = lab.file.steps === undefined;
  });
  startTheme(() => {
    forgetColours();
    stage.fit();
    figures.update(true);
  });
  const tour = new Tour(lab);
  if (given === undefined) tour.show(0, true);
  else present(given);
  // For teachers' consoles and for tests.
  Object.assign(globalThis, { evenkeelLab: { lab, stage, tour, files } });
}

start().catch(tell);
