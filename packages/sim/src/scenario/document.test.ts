/** Every scenario of the library comes back from its document as it was. */

import { expect, test } from 'vitest';
import { scenarioDocument } from './document.ts';
import { loadScenario, scenarioNames } from './load.ts';
import { checkScenario } from './parse.ts';

test.each(scenarioNames())('%s', (name) => {
  const scenario = loadScenario(name);
  expect(checkScenario(scenarioDocument(scenario), name)).toEqual(scenario);
});
