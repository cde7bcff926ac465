/** A student's page of marks: readable by all, on a desk and on a phone, in the light and in the dark, whatever a submission said. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { expectUsableByAll } from '../../../tools/axe.ts';
import { launchBrowser, NO_BROWSER } from '../../../tools/browser.ts';
import { GRADE_SCHEMA, type Grade, summed } from '../src/grade/result.ts';
import { gradePage } from '../src/text/grade-page.ts';
import { scratch } from './support.ts';

const EVIL = '<script>document.title = "owned"</script><img src=x onerror="document.title=1">';

test.skipIf(NO_BROWSER !== undefined)(
  `the page of marks${NO_BROWSER === undefined ? '' : ` (skipped: ${NO_BROWSER})`}`,
  async () => {
    const tests = (['pass', 'fail', 'error', 'timeout'] as const).map((status) => ({
      ...{ name: `check-${status}`, about: EVIL, status, maxScore: 2.5 },
      ...{ score: status === 'pass' ? 2.5 : 0, message: status === 'pass' ? '' : 'x'.repeat(200) },
      trace: [`time  request  ready${'  e0 e1 e2 e3'.repeat(12)}`, EVIL],
      replay: 'pnpm learn check 01 --only order --seed 639326214 --path 0:6:5:5:6:6:6:6:6:6',
    }));
    const file = join(scratch(), 'marks.html');
    const exercises = [summed('01-round-robin', tests)];
    const grade: Grade = {
      ...{ schema: GRADE_SCHEMA, student: EVIL, seed: 's', kit: '1', limits: ['a limit'] },
      exercises,
    };
    writeFileSync(file, gradePage(grade));
    const browser = await launchBrowser();
    try {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        const viewport = { width, height: 800 };
        const page = await browser.newPage({ viewport, colorScheme });
        await page.goto(pathToFileURL(file).href);
        expect(await page.title()).toBe(EVIL);
        expect(await page.textContent('body')).toContain('Total: 2.5 of 10 points');
        await expectUsableByAll(page);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  },
);
