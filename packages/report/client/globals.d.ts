/** What the page's scripts before ours leave behind: Chart.js with its annotation plugin. */

import type { Chart as ChartClass } from 'chart.js';
import type {} from 'chartjs-plugin-annotation';

declare global {
  const Chart: typeof ChartClass;
}
