/** A chart's values by keyboard: the arrow keys go from point to point, and each is said. */

/** @import { Chart as AnyChart } from 'chart.js' */

const STEPS = /** @type {Record<string, number>} */ ({
  ArrowRight: 1,
  ArrowDown: 1,
  ArrowLeft: -1,
  ArrowUp: -1,
});

export function listen(/** @type {HTMLCanvasElement} */ canvas, /** @type {AnyChart} */ chart) {
  let place = -1;
  canvas.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const length = Math.max(0, ...chart.data.datasets.map(({ data }) => data.length));
    if (length === 0) return;
    place = (place + step + length) % length;
    const active = chart.data.datasets.flatMap((dataset, datasetIndex) =>
      place < dataset.data.length && chart.isDatasetVisible(datasetIndex)
        ? [{ datasetIndex, index: place }]
        : [],
    );
    chart.setActiveElements(active);
    chart.tooltip?.setActiveElements(active, { x: 0, y: 0 });
    chart.update();
    const live = canvas.closest('figure')?.querySelector('[aria-live]');
    const said = [...(chart.tooltip?.title ?? []), ...lines(chart)].join(', ');
    if (live) live.textContent = said;
  });
  canvas.addEventListener('blur', () => {
    place = -1;
    chart.setActiveElements([]);
    chart.tooltip?.setActiveElements([], { x: 0, y: 0 });
    chart.update();
  });
}

function lines(/** @type {AnyChart} */ chart) {
  return (chart.tooltip?.body ?? []).flatMap(({ lines: own }) => own);
}
