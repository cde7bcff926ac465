/**
 * The page's script: turns the chart specifications that the page carries into Chart.js charts in the
 * reader's theme, and serves the buttons. It computes no figure; those are in the specifications.
 *
 * Plain JavaScript with checked types, since the page carries this file as it is.
 */

/** @import { Axis, ChartSpec, Dataset } from '../src/charts/spec.ts' */
/** @import { Chart as AnyChart } from 'chart.js' */

(() => {
  const COLOURS = 8;
  const NARROW_PX = 520;
  const root = document.documentElement;
  const probe = document.body.appendChild(document.createElement('i'));
  probe.hidden = true;
  const figures = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });

  /** A custom property of the style sheet as the colour that it is in the present theme. */
  function colour(/** @type {string} */ name, alpha = 1) {
    probe.style.color = `color-mix(in srgb, var(--${name}) ${alpha * 100}%, transparent)`;
    return getComputedStyle(probe).color;
  }

  function slotColour(/** @type {number | null} */ slot, alpha = 1) {
    return colour(slot === null || slot < 0 ? 'text' : `c${slot % COLOURS}`, alpha);
  }

  /** An axis label: the figure in the reader's unit. */
  function tick(/** @type {Axis['unit']} */ unit, /** @type {number} */ value) {
    if (unit === 'share') return `${figures.format(value * 100)} %`;
    if (unit === 'seconds') return `${figures.format(value / 1000)} s`;
    if (unit !== 'ms') return figures.format(value);
    return value >= 1000 ? `${figures.format(value / 1000)} s` : `${figures.format(value)} ms`;
  }

  /** 1, 2 and 5 of each decade: a log axis with every digit is a smear. */
  function isRound(/** @type {number} */ value) {
    const digit = value / 10 ** Math.floor(Math.log10(value) + 1e-9);
    return [1, 2, 5].some((one) => Math.abs(digit - one) < 1e-6);
  }

  function axisOptions(/** @type {Axis} */ axis, /** @type {boolean} */ fromZero) {
    return {
      type: axis.log ? 'logarithmic' : 'linear',
      beginAtZero: fromZero && !axis.log,
      title: { display: true, text: axis.title, color: colour('muted') },
      grid: { color: colour('grid') },
      border: { display: false },
      ticks: {
        color: colour('muted'),
        maxRotation: 0,
        callback: (/** @type {string | number} */ value) =>
          axis.log && !isRound(Number(value)) ? null : tick(axis.unit, Number(value)),
      },
    };
  }

  function categoryOptions(/** @type {ChartSpec} */ spec) {
    const bands = spec.layout === 'rows';
    return {
      type: 'category',
      offset: true,
      grid: { color: colour('grid'), display: bands },
      border: { display: false },
      ticks: {
        color: colour('text'),
        autoSkip: false,
        maxRotation: 60,
        callback: (/** @type {unknown} */ _, /** @type {number} */ index) =>
          wrapped(spec.labels[index] ?? ''),
      },
    };
  }

  /** On a narrow page a long name takes several lines instead of half of the chart. */
  function wrapped(/** @type {string} */ label) {
    return innerWidth < NARROW_PX ? label.split(/(?<=-)|\s/) : label;
  }

  function scalesOf(/** @type {ChartSpec} */ spec) {
    if (spec.layout === 'xy') {
      return {
        ...(spec.x && { x: axisOptions(spec.x, false) }),
        ...(spec.y && { y: axisOptions(spec.y, true) }),
      };
    }
    const value = spec.layout === 'rows' ? spec.x : spec.y;
    const figuresAxis = value ? axisOptions(value, true) : {};
    return spec.layout === 'rows'
      ? { x: figuresAxis, y: categoryOptions(spec) }
      : { x: categoryOptions(spec), y: figuresAxis };
  }

  function styledDataset(/** @type {Dataset} */ dataset) {
    const strong = dataset.slots.map((slot) => slotColour(slot));
    const own = strong.length === 1 ? strong[0] : strong;
    const look = {
      borderColor: own,
      pointBorderColor: own,
      pointBackgroundColor: dataset.dashed ? colour('surface') : own,
    };
    if (dataset.draw === 'bars') {
      const fill = barFill(dataset);
      return { ...dataset, ...look, type: 'bar', backgroundColor: fill, borderWidth: 1.5 };
    }
    const marks = dataset.draw === 'marks';
    return {
      ...dataset,
      ...look,
      type: 'line',
      showLine: !marks,
      borderWidth: 2,
      borderDash: dataset.dashed ? [6, 4] : [],
      pointStyle: dataset.marker,
      pointRadius: marks ? (dataset.intervals ? 4 : 6) : dataset.dashed ? 0 : 2.5,
      pointHoverRadius: marks ? 8 : 6,
      clip: marks ? false : undefined,
      tension: 0,
    };
  }

  /** Pale for a repeated arm, hatched where a colour comes round for the second time. */
  function barFill(/** @type {Dataset} */ dataset) {
    const slot = dataset.slots[0] ?? 0;
    if (slot < COLOURS) return slotColour(slot, dataset.dashed ? 0.25 : 0.85);
    const tile = document.createElement('canvas');
    tile.width = tile.height = 6;
    const ctx = tile.getContext('2d');
    if (ctx === null) return slotColour(slot);
    ctx.fillStyle = slotColour(slot, 0.3);
    ctx.fillRect(0, 0, 6, 6);
    ctx.fillStyle = slotColour(slot);
    for (let i = 0; i < 6; i++) ctx.fillRect(i, 5 - i, 2, 1);
    return ctx.createPattern(tile, 'repeat') ?? slotColour(slot);
  }

  /** Fault bands, moments and limits, for the annotation plugin. */
  function annotationsOf(/** @type {ChartSpec} */ spec) {
    const label = (/** @type {string} */ content, /** @type {object} */ place) => ({
      display: true,
      content,
      color: colour('text'),
      backgroundColor: colour('surface', 0.85),
      font: { size: 11, weight: 'normal' },
      padding: 3,
      ...place,
    });
    const bands = spec.bands.map((band, i) => ({
      type: 'box',
      xMin: band.from,
      xMax: band.to,
      backgroundColor: colour('fault', 0.14),
      borderWidth: 0,
      drawTime: 'beforeDatasetsDraw',
      label: label(band.label, { position: { x: 'start', y: 'start' }, yAdjust: (i % 4) * 18 }),
    }));
    const marks = spec.marks.map((mark, i) => ({
      type: 'line',
      scaleID: mark.axis,
      value: mark.at,
      borderColor: slotColour(mark.slot),
      borderWidth: 1.5,
      borderDash: [2, 3],
      label: label(mark.label, {
        display:
          mark.axis === 'y' || (innerWidth >= NARROW_PX && spec.wide && spec.marks.length < 6),
        position: mark.axis === 'y' ? 'start' : 'end',
        yAdjust: mark.axis === 'y' ? 0 : 10 + (i % 5) * 18,
      }),
    }));
    return Object.fromEntries([...bands, ...marks].map((one, i) => [`a${i}`, one]));
  }

  function optionsOf(/** @type {ChartSpec} */ spec) {
    const direct = spec.datasets.some((dataset) => dataset.direct);
    return {
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      indexAxis: spec.layout === 'rows' ? 'y' : 'x',
      interaction: { mode: spec.layout === 'xy' ? 'nearest' : 'index', axis: indexAxis(spec) },
      layout: { padding: { right: direct ? 64 : 8 } },
      scales: scalesOf(spec),
      plugins: {
        legend: { display: false },
        annotation: { annotations: annotationsOf(spec) },
        tooltip: {
          callbacks: {
            title: (/** @type {any[]} */ items) => tooltipTitle(spec, items),
            label: (/** @type {any} */ item) =>
              `${item.dataset.label}: ${item.dataset.texts[item.dataIndex]}`,
          },
        },
      },
    };
  }

  function indexAxis(/** @type {ChartSpec} */ spec) {
    if (spec.layout === 'xy') return 'xy';
    return spec.layout === 'rows' ? 'y' : 'x';
  }

  function tooltipTitle(/** @type {ChartSpec} */ spec, /** @type {any[]} */ items) {
    const first = items[0];
    if (first === undefined) return '';
    if (spec.layout !== 'xy' || spec.x === null) return spec.labels[first.dataIndex] ?? '';
    return tick(spec.x.unit, first.parsed.x);
  }

  /** Draws what Chart.js does not: texts beside points and intervals around them. */
  const extras = {
    id: 'extras',
    beforeDatasetsDraw(/** @type {AnyChart} */ chart) {
      if (chart.options.indexAxis === 'y') drawSpans(chart);
    },
    afterDatasetsDraw(/** @type {AnyChart} */ chart) {
      const { ctx } = chart;
      chart.data.datasets.forEach((raw, i) => {
        if (!chart.isDatasetVisible(i)) return;
        const dataset = /** @type {Dataset} */ (/** @type {unknown} */ (raw));
        const points = chart.getDatasetMeta(i).data;
        ctx.save();
        if (dataset.direct) drawTexts(ctx, dataset, points);
        if (dataset.intervals) drawIntervals(chart, dataset, points);
        ctx.restore();
      });
    },
  };

  /** In a chart of rows, a faint line from the least to the greatest mark of each row. */
  function drawSpans(/** @type {AnyChart} */ chart) {
    const { ctx } = chart;
    ctx.save();
    ctx.lineWidth = 3;
    (chart.data.labels ?? []).forEach((_, row) => {
      const marks = chart.data.datasets.flatMap((dataset, i) => {
        const point = chart.getDatasetMeta(i).data[row];
        return dataset.data[row] === null || point === undefined ? [] : [point];
      });
      const first = marks[0];
      if (first === undefined) return;
      const slots = /** @type {Dataset} */ (/** @type {unknown} */ (chart.data.datasets[0])).slots;
      const places = marks.map((point) => point.x);
      ctx.strokeStyle = slotColour(slots[row] ?? 0, 0.3);
      ctx.beginPath();
      ctx.moveTo(Math.min(...places), first.y);
      ctx.lineTo(Math.max(...places), first.y);
      ctx.stroke();
    });
    ctx.restore();
  }

  function drawTexts(
    /** @type {CanvasRenderingContext2D} */ ctx,
    /** @type {Dataset} */ dataset,
    /** @type {{ x: number, y: number, skip?: boolean }[]} */ points,
  ) {
    ctx.fillStyle = colour('text');
    ctx.font = `12px ${Chart.defaults.font.family}`;
    ctx.textBaseline = 'middle';
    points.forEach((point, i) => {
      if (dataset.data[i] !== null) ctx.fillText(dataset.texts[i] ?? '', point.x + 11, point.y);
    });
  }

  function drawIntervals(
    /** @type {AnyChart} */ chart,
    /** @type {Dataset} */ dataset,
    /** @type {{ x: number }[]} */ points,
  ) {
    const { ctx } = chart;
    const scale = chart.scales.y;
    if (scale === undefined) return;
    ctx.strokeStyle = slotColour(dataset.slots[0] ?? 0);
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    points.forEach(({ x }, i) => {
      const [low, high] = dataset.intervals?.[i] ?? [0, 0];
      for (const end of [low, high].map((bound) => scale.getPixelForValue(bound))) {
        ctx.moveTo(x - 5, end);
        ctx.lineTo(x + 5, end);
      }
      ctx.moveTo(x, scale.getPixelForValue(low));
      ctx.lineTo(x, scale.getPixelForValue(high));
    });
    ctx.stroke();
  }

  function configOf(/** @type {ChartSpec} */ spec) {
    return {
      type: /** @type {const} */ ('line'),
      data: { labels: [...spec.labels], datasets: spec.datasets.map(styledDataset) },
      options: optionsOf(spec),
      plugins: [extras],
    };
  }

  /** @type {ChartSpec[]} */
  const specs = JSON.parse(document.getElementById('charts')?.textContent ?? '[]');
  /** @type {{ spec: ChartSpec, chart: AnyChart }[]} */
  const drawn = [];

  function draw(/** @type {ChartSpec} */ spec) {
    const canvas = document.getElementById(spec.id);
    if (!(canvas instanceof HTMLCanvasElement) || canvas.parentElement === null) return;
    // Names that take several lines need higher rows.
    const tall = spec.layout === 'rows' && innerWidth < NARROW_PX;
    canvas.parentElement.style.height = `${spec.heightPx * (tall ? 1.35 : 1)}px`;
    const chart = new Chart(canvas, /** @type {any} */ (configOf(spec)));
    drawn.push({ spec, chart });
    for (const button of canvas.closest('figure')?.querySelectorAll('[data-series]') ?? []) {
      button.addEventListener('click', () => toggleSeries(chart, button));
    }
  }

  function toggleSeries(/** @type {AnyChart} */ chart, /** @type {Element} */ button) {
    const shown = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(shown));
    chart.setDatasetVisibility(Number(button.getAttribute('data-series')), shown);
    chart.update();
  }

  /** Draws everything again in the colours of the present theme; hidden series stay hidden. */
  function restyle() {
    Chart.defaults.color = colour('text');
    for (const { spec, chart } of drawn) {
      chart.data.datasets.forEach((dataset, i) => {
        Object.assign(dataset, styledDataset(/** @type {Dataset} */ (spec.datasets[i])));
      });
      chart.options = /** @type {any} */ (optionsOf(spec));
      chart.update();
    }
  }

  const darkPreferred = matchMedia('(prefers-color-scheme: dark)');
  const themeButton = document.getElementById('theme');

  function isDark() {
    const chosen = root.getAttribute('data-theme');
    return chosen === null ? darkPreferred.matches : chosen === 'dark';
  }

  function applyTheme() {
    themeButton?.setAttribute('aria-pressed', String(isDark()));
    restyle();
  }

  themeButton?.addEventListener('click', () => {
    root.setAttribute('data-theme', isDark() ? 'light' : 'dark');
    applyTheme();
  });
  darkPreferred.addEventListener('change', applyTheme);

  /** Paper is white, whatever the screen is. */
  addEventListener('beforeprint', () => {
    root.setAttribute('data-print', '');
    restyle();
    for (const { chart } of drawn) chart.resize();
  });
  addEventListener('afterprint', () => {
    root.removeAttribute('data-print');
    restyle();
    for (const { chart } of drawn) chart.resize();
  });

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.color = colour('text');
  specs.forEach(draw);
  applyTheme();
})();
