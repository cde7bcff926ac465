/** A solution made a student's own: the numbers in its constants, `const FIRST = 0;` among them, are replaced. */

import { type Exercise, loadChecks } from '../exercise/exercises.ts';
import { numbersFor, type Who } from './seeds.ts';

/** @throws {Error} if the text does not declare one of the exercise's numbers */
export async function withOwnNumbers(exercise: Exercise, text: string, who: Who): Promise<string> {
  const numbers = numbersFor(await loadChecks(exercise), exercise.id, who);
  return Object.entries(numbers).reduce((now, [name, value]) => {
    const constant = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
    const declared = new RegExp(`^const ${constant} = (.*);$`, 'm');
    const [, standard] = declared.exec(now) ?? [];
    if (standard === undefined) {
      throw new Error(`${exercise.id}: there is no constant ${constant}`);
    }
    const own = /true|false/.test(standard) ? value === 1 : value;
    return now.replace(declared, `const ${constant} = ${own};`);
  }, text);
}
