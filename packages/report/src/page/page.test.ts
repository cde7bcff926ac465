import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { arbitraryResults, hostileText } from '../../test/support/arbitrary.ts';
import { sampleResults } from '../../test/support/sample.ts';
import { sampleRuns } from '../../test/support/sample-run.ts';
import type { Results } from '../results.ts';
import { parseResults } from '../schema.ts';
import { renderReport } from './page.ts';

/** Figures in a small file: rendering hundreds of them has to be quick. */
function smallResults(): Results {
  const sample = sampleResults();
  const shape = { medianMs: 9, sigma: 0.4, durationMs: 2000, ratePerSecond: 60 };
  const faults = [{ kind: 'kill', target: 'one', startMs: 500, endMs: 1000 }];
  const runs = sampleRuns([
    { ...shape, scenario: 'one-slow', strategy: 'round-robin', faults, voidRound: 1, rounds: 2 },
    { ...shape, scenario: 'one-slow', subject: 'nginx', strategy: 'least_conn', faults },
    { ...shape, scenario: 'not described', strategy: 'own' },
    { ...shape, scenario: 'one-slow', subject: 'simulated', strategy: 'round-robin' },
  ]);
  const load = { kind: 'open', nested: { note: 'text' }, list: ['text'] };
  const [scenario] = sample.scenarios;
  const [own] = sample.comparisons;
  const held = { a: 'simulated/round-robin', b: 'evenkeel/round-robin', of: 'queueing' } as const;
  return {
    ...sample,
    comparisons: [...sample.comparisons, { ...own!, ...held }],
    environment: { ...sample.environment, note: 'text' },
    scenarios: [{ ...scenario!, load }],
    runs,
  };
}

/** Texts that mean something to a program: the others are free. */
const FIXED = new Set([
  'schema',
  'kind',
  'startedAt',
  'status',
  'verdict',
  'metric',
  'of',
  'unit',
  'histogram',
]);

/** The value with every free text replaced; a text that recurs is replaced alike. */
function withTexts(value: unknown, replace: (text: string) => string, key = ''): unknown {
  if (typeof value === 'string') {
    return FIXED.has(key) || value === 'simulated' ? value : replace(value);
  }
  if (Array.isArray(value)) return value.map((one) => withTexts(one, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, withTexts(one, replace, name)]),
  );
}

const SCRIPTS = /<script[^>]*>[\s\S]*?<\/script>/g;

/** The page's tags in order, without what its attributes say. */
function tagsOf(page: string): readonly string[] {
  const body = page.replace(SCRIPTS, '<script>').replace(/<style>[\s\S]*?<\/style>/, '<style>');
  return (body.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/="[^"]*"/g, ''));
}

function embedded(page: string, id: string): unknown {
  const found = page.match(new RegExp(`<script type="text/plain" id="${id}">(.*?)</script>`, 's'));
  return JSON.parse(inflateRawSync(Buffer.from(found?.[1] ?? '', 'base64')).toString());
}

const PLAIN_TAGS = tagsOf(
  renderReport(parseResults(withTexts(smallResults(), (text) => `${text}.`))),
);

describe('a page', () => {
  test('of the small sample has comparisons, objectives, charts and void runs', () => {
    const tags = new Set(PLAIN_TAGS);
    for (const tag of ['</svg>', '<canvas id role tabindex aria-label>', '</ul>', '</strong>']) {
      expect(tags).toContain(tag);
    }
  });

  test('says how far the simulator is from the live run, in response and in queueing', () => {
    const page = renderReport(sampleResults()).replace(SCRIPTS, '');
    const [table = ''] = page.match(/<caption[^>]*>Simulator against live run.*?<\/table>/s) ?? [];
    const rows = table.split('<tr>').map((row) => row.replace(/<[^>]*>/g, '|'));
    const row = (...words: string[]) =>
      rows.find((one) => words.every((word) => one.includes(word))) ?? '';
    expect(row('round-robin', 'response p99')).toContain('+4\u00a0%');
    expect(row('round-robin', 'response p99')).toContain('−5\u00a0% to +10\u00a0%');
    expect(row('round-robin', 'response p99')).toContain('agrees');
    expect(row('round-robin', 'queueing p99')).toContain('differs');
    expect(row('random', 'control', 'response mean')).toContain('differs');
  });

  test.prop([hostileText], { numRuns: 100 })(
    'has the same tags in the same order whatever its texts say, and holds them unchanged',
    (hostile) => {
      // The original text comes first and a full stop last: order and endings stay as they were.
      const resultsOf = (suffix: string) =>
        parseResults(withTexts(smallResults(), (text) => `${text}${suffix}.`));
      const page = renderReport(resultsOf(hostile));
      expect(tagsOf(page)).toEqual(PLAIN_TAGS);
      expect(embedded(page, 'results')).toEqual(JSON.parse(JSON.stringify(resultsOf(hostile))));
    },
  );

  test.prop([arbitraryResults], { numRuns: 40 })(
    'lists every run, and why void ones are',
    (results) => {
      const page = renderReport(results).replace(SCRIPTS, '');
      const counted = [...page.matchAll(/Every run \((\d+)\)/g)].map((found) => Number(found[1]));
      expect(counted.reduce((sum, one) => sum + one, 0)).toBe(results.runs.length);
      const voids = results.runs.filter((run) => !run.valid);
      const reasons = page.match(/round \d+: lateness p99 5.1 ms is above 2 ms<\/li>/g) ?? [];
      expect(reasons).toHaveLength(voids.length);
      expect(page.match(/NaN|undefined|\[object/)).toBeNull();
    },
  );

  test('loads nothing from anywhere', () => {
    const page = renderReport(sampleResults());
    const markup = page.replace(SCRIPTS, '').replace(/<style>[\s\S]*?<\/style>/, '');
    expect(markup.match(/\b(src|srcset|action|data)=/)).toBeNull();
    const links = [...markup.matchAll(/href="([^"]*)"/g)].map((found) => found[1]);
    expect(links.filter((link) => !link?.startsWith('#'))).toEqual(['data:,']);
    const styles = page.match(/<style>[\s\S]*?<\/style>/)?.[0] ?? '';
    expect(styles.match(/url\(|@import/)).toBeNull();
    expect(page.includes('sourceMappingURL')).toBe(false);
  });

  test('allows just the scripts and styles that it carries', () => {
    const page = renderReport(sampleResults());
    const policy = page.match(/Content-Security-Policy" content="([^"]*)"/)?.[1] ?? '';
    const hash = (text: string | undefined) =>
      `&#39;sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}&#39;`;
    const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((one) => hash(one[1]));
    const style = hash(page.match(/<style>([\s\S]*?)<\/style>/)?.[1]);
    expect(policy).toContain(`script-src ${scripts.join(' ')};`);
    expect(policy).toContain(`style-src ${style};`);
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(policy).not.toContain('unsafe');
  });

  test('shows a percentile that is not known as a dash and says why', () => {
    const page = renderReport(smallResults()).replace(SCRIPTS, '');
    expect(page).toMatch(/<td [^>]*>—<\/td>/);
    expect(page.includes('p99 from 1,000')).toBe(true);
  });

  test('keeps simulated runs apart, and says that they are', () => {
    const page = renderReport(smallResults());
    const [live = '', simulated = ''] = page.split('<h2 class="part">Simulated</h2>');
    const cards = (part: string) => part.match(/<details class="card[^>]*>/g) ?? [];
    expect(cards(live).filter((card) => card.includes('simulated'))).toEqual([]);
    expect(cards(simulated).length).toBeGreaterThan(0);
    for (const card of cards(simulated)) expect(card).toContain('class="card simulated"');
    expect(simulated).toContain('virtual time');
  });

  test('gives each scenario an address by its name, the simulated one beside a live one too', () => {
    const page = renderReport(smallResults());
    const ids = [...page.matchAll(/<details class="card[^>]*id="([^"]*)"/g)].map((one) => one[1]);
    expect(ids).toEqual(['one-slow', 'not-described', 'one-slow-simulated', 'sweeps']);
  });

  test('of many simulated scenarios carries what is folded in them deflated, and says what it left out', () => {
    const sample = smallResults();
    const [run] = sample.runs.filter(({ subject }) => subject === 'simulated');
    const names = Array.from({ length: 8 }, (_, i) => `scenario-${i}`);
    const runs = [...sample.runs, ...names.map((scenario) => ({ ...run!, scenario }))];
    const page = renderReport({ ...sample, runs });
    const parts = embedded(page, 'parts') as Record<string, string>;
    for (const name of names) {
      expect(parts[name]).toContain('Every run (1)');
      expect(page).toContain(`id="${name}" data-part="${name}"`);
    }
    expect(parts['one-slow']).toContain('Every run');
    expect(page.replace(SCRIPTS, '')).not.toContain('Every run');
    expect(page).toContain('without the histograms of simulated runs');
    const kept = (embedded(page, 'results') as Results).runs.filter(({ histogram }) => histogram);
    expect(kept.every(({ subject }) => subject !== 'simulated')).toBe(true);
    expect(renderReport(sample)).not.toContain('without the histograms');
  });

  test('of nothing is a page still', () => {
    const nothing = { ...sampleResults(), scenarios: [], runs: [], comparisons: [], sweeps: [] };
    expect(renderReport(nothing).endsWith('</html>\n')).toBe(true);
  });
});
