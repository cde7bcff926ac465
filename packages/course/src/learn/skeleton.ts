/** `pnpm learn new NN-name`: the files of an exercise, to be filled in. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ExerciseError } from '../exercise/rubric.ts';

const STARTER = `/**
 * Exercise NN: TITLE. Say in a few lines what is to be written.
 */

import type { Endpoint, Strategy, StrategyFactory } from '@evenkeel/core';

const create: StrategyFactory = (): Strategy => ({
  pick(candidates: readonly Endpoint[]): Endpoint {
    return candidates[0] as Endpoint;
  },
});
export default create;
`;

const CHECKS = `/** Exercise NN: the law in one line. */

import { candidatesCheck, defineExercise, type ExerciseChecks } from '@evenkeel/course';

const checks: ExerciseChecks = defineExercise({
  checks: [candidatesCheck()],
});
export default checks;
`;

const RUBRIC = `title: TITLE
minutes: 30
kind: strategy
points: { candidates: 1 }
`;

const README = `# NN · TITLE

The idea, in a page.

![what the simulator makes of it](picture.svg)

## What to write

## Run it

\`\`\`
pnpm lb --strategy-file exercises/NN-NAME/exercise.ts --backends http://127.0.0.1:9001,http://127.0.0.1:9002
pnpm bench --strategies least-connections,file:exercises/NN-NAME/exercise.ts
\`\`\`

## Hints

<details><summary>Hint 1</summary>

</details>
<details><summary>Hint 2</summary>

</details>
<details><summary>Hint 3</summary>

</details>

## Questions to think about

1.
`;

/** Writes the skeleton. @returns the files written @throws {ExerciseError} */
export function writeSkeleton(exercisesFolder: string, name: string): string[] {
  const match = /^(\d\d)-([a-z0-9]+(?:-[a-z0-9]+)*)$/.exec(name);
  if (match === null) {
    throw new ExerciseError(`${name}: expected two digits and a name, like 13-my-idea`);
  }
  const [, number = '', short = ''] = match;
  const folder = join(exercisesFolder, name);
  if (existsSync(folder)) throw new ExerciseError(`${folder} is there already`);
  const title = `${short.charAt(0).toUpperCase()}${short.slice(1).replaceAll('-', ' ')}`;
  const filled = (text: string): string =>
    text.replaceAll('NN-NAME', name).replaceAll('NN', number).replaceAll('TITLE', title);
  const files = {
    'README.md': README,
    'exercise.ts': STARTER,
    'starter/exercise.ts': STARTER,
    'checks.ts': CHECKS,
    'rubric.yaml': RUBRIC,
    'solutions/plain.ts': STARTER,
    'wrong/always-the-first.ts': STARTER,
  };
  return Object.entries(files).map(([file, text]) => {
    const path = join(folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, filled(text));
    return path;
  });
}
