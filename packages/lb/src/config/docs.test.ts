/** Every configuration in the documents can be used. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '@evenkeel/config';
import { describe, expect, test } from 'vitest';
import { strategyTable } from '../strategies.ts';
import { parseConfig } from './parse.ts';
import { resolveWithWarnings } from './resolve.ts';

const DOCS = join(import.meta.dirname, '../../../../docs');
const VARIABLES = { LB_PORT: '3030', LB_TOKEN: 'a-long-token' };
const BACKENDS = ['http://127.0.0.1:9001'];

/** Blocks of YAML that begin with a key of the configuration; others are scenarios, or workflows of CI. */
const blocks = readdirSync(DOCS)
  .filter((name) => name.endsWith('.md'))
  .flatMap((name) => {
    const text = readFileSync(join(DOCS, name), 'utf8');
    const found = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, block]) => block ?? '');
    return found
      .filter((block) => !/^(?:name|fleet|load|faults|jobs):/m.test(block))
      .map((block) => [name, block] as const);
  });

test('there are some', () => {
  expect(blocks.length).toBeGreaterThan(2);
});

describe('each can be used, and nothing is warned of', () => {
  test.for(blocks)('%s: %j', ([, block]) => {
    const read = parseYaml(block, VARIABLES);
    if (!('locate' in read)) throw new Error(JSON.stringify(read));
    const file = parseConfig(read.value);
    // A part shows what it is about; the rest of the file is elsewhere on the page.
    const whole = (file.services ?? file.backends) ? file : { ...file, backends: BACKENDS };
    expect(resolveWithWarnings(whole, strategyTable()).warnings).toEqual([]);
  });
});
