import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { arbitraryResults } from '../../test/support/arbitrary.ts';
import { sampleResults } from '../../test/support/sample.ts';
import { type ArmShape, sampleRuns } from '../../test/support/sample-run.ts';
import { sectionsOf } from '../model/arms.ts';
import { answered } from '../model/format.ts';
import { allLiveAndSimulated } from '../model/live-and-simulated.ts';
import { sectionCharts } from '../page/page.ts';
import { type Comparison, type Run, SIMULATED, TIMES_OF, type TimesOf } from '../results.ts';
import { backendChart, errorCauseChart } from './bars.ts';
import { overlayChart } from './overlay.ts';
import { percentileChart } from './percentiles.ts';
import { type ChartSpec, needsLog, type Point } from './spec.ts';
import { timelineCharts } from './timeline.ts';

const SHAPE = { scenario: 'one-slow', strategy: 'x', medianMs: 20, sigma: 0.5, durationMs: 2000 };

function sectionOf(shapes: readonly Partial<ArmShape>[]) {
  const runs = sampleRuns(shapes.map((shape) => ({ ...SHAPE, ...shape })));
  return sectionsOf({ ...sampleResults(), runs })[0]!;
}

function chartsOf(results: Parameters<typeof sectionsOf>[0]): readonly ChartSpec[] {
  return sectionsOf(results).flatMap(sectionCharts);
}

describe('every chart', () => {
  test.prop([arbitraryResults], { numRuns: 40 })('has an id of its own', (results) => {
    const ids = chartsOf(results).map((chart) => chart.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.prop([arbitraryResults], { numRuns: 40 })(
    'has a text and a look for each point',
    (results) => {
      for (const dataset of chartsOf(results).flatMap((chart) => chart.datasets)) {
        expect(dataset.texts).toHaveLength(dataset.data.length);
        expect([1, dataset.data.length]).toContain(dataset.slots.length);
      }
    },
  );

  test.prop([arbitraryResults], { numRuns: 40 })(
    'has a table with each of its figures',
    (results) => {
      for (const { table, datasets } of chartsOf(results)) {
        const cells = new Set(table.rows.flat());
        for (const text of datasets.flatMap((dataset) => dataset.texts)) {
          expect(cells).toContain(text);
        }
        for (const row of table.rows) expect(row).toHaveLength(table.head.length);
      }
    },
  );

  test('gives a strategy one colour, in all charts and sections', () => {
    const looks = new Map<string, Set<number>>();
    for (const dataset of chartsOf(sampleResults()).flatMap((chart) => chart.datasets)) {
      const name = dataset.label.replace(/^evenkeel | \(again\)$/g, '');
      for (const slot of dataset.slots.length === 1 ? dataset.slots : []) {
        looks.set(name, (looks.get(name) ?? new Set()).add(slot));
      }
    }
    expect(looks.size).toBeGreaterThan(10);
    for (const [name, slots] of looks) expect([name, ...slots]).toHaveLength(2);
  });
});

describe('a log axis', () => {
  test('is for figures that span more than a factor of 30, none of them 0', () => {
    expect(needsLog([1, 30])).toBe(false);
    expect(needsLog([1, null, 31])).toBe(true);
    expect(needsLog([0, 1, 31])).toBe(false);
    expect(needsLog([null])).toBe(false);
  });

  test.prop([fc.array(fc.double({ min: 0.01, max: 1e5, noNaN: true }))])(
    'never depends on order',
    (values) => {
      expect(needsLog(values)).toBe(needsLog(values.toReversed()));
    },
  );
});

describe('percentiles', () => {
  test('leave out the one that no arm has, and keep null where one has none', () => {
    const section = sectionOf([{ ratePerSecond: 100 }, { strategy: 'y', ratePerSecond: 20 }]);
    const chart = percentileChart(section)!;
    expect(chart.datasets.map((dataset) => dataset.label)).toEqual(['p50', 'p90']);
    const p90 = section.arms.map((arm) => arm.valid[0]!.latencyMs.p90);
    expect(p90[1]).toBeNull();
    expect(chart.datasets[1]!.data).toEqual(p90);
  });

  test('are not drawn for a void arm', () => {
    expect(percentileChart(sectionOf([{ voidRound: 1 }]))).toBeNull();
  });
});

describe('latency over time', () => {
  const faults = [{ kind: 'kill', target: 'fast-1', startMs: 500, endMs: 1000 }];

  test('of one run is its time line', () => {
    const section = sectionOf([{}]);
    const chart = timelineCharts(section).find((one) => one.id.endsWith('-p50'))!;
    const timeline = section.arms[0]!.valid[0]!.timeline;
    expect(chart.datasets[0]!.data).toEqual(timeline.map(({ tMs, p50 }) => ({ x: tMs, y: p50 })));
  });

  test('has the share answered beside each latency of its table', () => {
    const section = sectionOf([{ failing: { share: 0.5, cause: 'reset' }, faults }]);
    const { table } = timelineCharts(section).find((one) => one.id.endsWith('-p50'))!;
    const { timeline } = section.arms[0]!.valid[0]!;
    expect(table.head).toEqual(['from', 'strategy', 'p50', 'answered']);
    expect(table.rows.map((row) => row[3])).toEqual(timeline.map(({ n, ok }) => answered(ok / n)));
    expect(timeline.some(({ n, ok }) => ok < n)).toBe(true);
  });

  test('of three rounds is the middle one, void rounds left out', () => {
    const section = sectionOf([{ rounds: 4, voidRound: 2 }]);
    const chart = timelineCharts(section).find((one) => one.id.endsWith('-p50'))!;
    const first = section.arms[0]!.runs.filter((run) => run.round !== 2)
      .map((run) => run.timeline[0]!.p50!)
      .sort((x, y) => x - y);
    expect(chart.datasets[0]!.data[0]).toEqual({ x: 0, y: first[1] });
  });

  test('shows the tail that its windows can bear', () => {
    const tails = [60, 600, 2400].map((ratePerSecond) =>
      timelineCharts(sectionOf([{ ratePerSecond }])).map((chart) => chart.id.split('-').at(-1)),
    );
    expect(tails).toEqual([
      ['max', 'p50'],
      ['p90', 'p50'],
      ['p99', 'p50'],
    ]);
  });

  test('carries each fault once as a band, and both moments of each arm', () => {
    const [chart] = timelineCharts(sectionOf([{ faults }, { strategy: 'y', faults }]));
    expect(chart!.bands).toEqual([{ from: 500, to: 1000, label: 'kill fast-1' }]);
    const [run] = sampleRuns([{ ...SHAPE, faults }]);
    expect(chart!.marks.map((mark) => mark.at)).toContain(500 + run!.detectMs!);
    expect(chart!.marks.map((mark) => mark.at)).toContain(1000 + run!.recoverMs!);
    expect(chart!.marks).toHaveLength(4);
  });

  test('makes one band of a fault that came a little later in another run, two of two faults', () => {
    const later = [
      { ...faults[0]!, startMs: 503, endMs: 1004 },
      { ...faults[0]!, startMs: 1500, endMs: 1600 },
    ];
    const [chart] = timelineCharts(sectionOf([{ faults }, { strategy: 'y', faults: later }]));
    expect(chart!.bands).toEqual([
      { from: 500, to: 1004, label: 'kill fast-1' },
      { from: 1500, to: 1600, label: 'kill fast-1' },
    ]);
  });

  test('is not drawn from fewer than three windows', () => {
    expect(timelineCharts(sectionOf([{ durationMs: 1000 }]))).toEqual([]);
  });
});

describe('bars', () => {
  test('of backends are the shares of the file', () => {
    const section = sectionOf([{ shares: [0.5, 0.3, 0.2] }]);
    const [run] = section.arms[0]!.valid;
    expect(backendChart(section)!.datasets[0]!.data).toEqual(run!.backends.map((one) => one.share));
  });

  test('of a large fleet are gathered by its groups and still make a whole', () => {
    const chart = backendChart(sectionOf([{ shares: Array(20).fill(0.05) }]))!;
    expect(chart.labels).toEqual(['fast ×3', 'slow ×1']);
    const shares = chart.datasets[0]!.data as readonly number[];
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });

  test('of errors show the causes that occurred, and what was lost', () => {
    const faults = [{ kind: 'kill', target: 'fast-1', startMs: 0, endMs: null }];
    const failing = { share: 0.5, cause: 'reset' } as const;
    const section = sectionOf([{ faults, failing, lost: 2 }]);
    const chart = errorCauseChart(section)!;
    expect(chart.labels).toEqual(['reset', 'lost']);
    expect(chart.datasets[0]!.data).toEqual([section.arms[0]!.requests.errors.reset, 2]);
    expect(errorCauseChart(sectionOf([{}]))).toBeNull();
  });
});

describe('the simulator laid over the live run', () => {
  const live = { scenario: 'one-slow', rounds: 3, queueingShare: 0.5, durationMs: 2000 };
  const [p99] = sampleResults().comparisons;
  const against = (simulated: string, of: TimesOf): Comparison => {
    const a = `${SIMULATED}/${simulated}`;
    return { ...p99!, scenario: 'one-slow', of, a, b: 'evenkeel/x' };
  };
  const sectionWith = (shapes: readonly Partial<ArmShape>[], compared = 'x') => {
    const runs = sampleRuns(shapes.map((shape) => ({ ...SHAPE, ...live, ...shape })));
    const comparisons = TIMES_OF.map((of) => against(compared, of));
    return sectionsOf({ ...sampleResults(), runs, comparisons })[0]!;
  };
  const ends = (chart: ChartSpec | null) =>
    chart!.datasets.map(({ data }) => (data as readonly Point[]).at(-1)!);

  test('has two lines for each strategy, dashed where simulated, of one colour', () => {
    const section = sectionWith([{}, { subject: SIMULATED, medianMs: 40 }]);
    for (const of of TIMES_OF) {
      const [own, simulated, ...others] = overlayChart(section, of)!.datasets;
      expect(others).toEqual([]);
      expect([own!.label, simulated!.label]).toEqual(['x, live', 'x, simulated']);
      expect([own!.dashed, simulated!.dashed]).toEqual([false, true]);
      expect(own!.slots).toEqual(simulated!.slots);
    }
    const [own, simulated] = ends(overlayChart(section, 'response'));
    expect(own!.x).toBeLessThan(simulated!.x);
    expect(ends(overlayChart(section, 'queueing'))[0]!.x / own!.x).toBeCloseTo(0.5, 2);
  });

  test('counts no round that was void live', () => {
    const sane = sectionWith([{}, { subject: SIMULATED }]);
    const spoilt = sectionWith([{ voidRound: 2 }, { subject: SIMULATED }]);
    const counted = spoilt.arms[0]!.valid.map((run) => run.round);
    expect(counted).toEqual([1, 3]);
    const rounds = (runs: readonly Run[]) => runs.map((run) => run.round);
    expect(allLiveAndSimulated(spoilt).map((one) => rounds(one.simulatedRuns))).toEqual([[1, 3]]);
    expect(allLiveAndSimulated(sane).map((one) => rounds(one.simulatedRuns))).toEqual([[1, 2, 3]]);
  });

  test('goes no further into the tail than both have samples for', () => {
    const few = sectionWith([{ ratePerSecond: 100 }, { subject: SIMULATED, ratePerSecond: 2000 }]);
    const [own, simulated] = ends(overlayChart(few, 'response'));
    // 600 answers: ten of them are 1.7 %.
    expect(own!.y).toBeCloseTo(0.02, 9);
    expect(simulated!.y).toBe(own!.y);
  });

  test('leaves out the control, and is not drawn where nothing was held against a live run', () => {
    const shapes = [{}, { subject: SIMULATED, strategy: 'random' }];
    expect(overlayChart(sectionWith(shapes, 'random'), 'response')).toBeNull();
    expect(overlayChart(sectionOf([{}, { subject: SIMULATED }]), 'response')).toBeNull();
  });
});
