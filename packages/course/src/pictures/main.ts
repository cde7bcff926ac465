/** Draws the pictures of exercises and theory chapters anew: `node packages/course/src/pictures/main.ts`. */

import { writeFileSync } from 'node:fs';
import { allPictures } from './all.ts';

for (const { file, draw } of allPictures()) {
  writeFileSync(file, draw());
  process.stdout.write(`${file}\n`);
}
