/**
 * The status page's verdict, as text of its script: one sentence on what is wrong, in red where clients notice and in
 * amber where they may not yet, and the title of the tab. Pure functions of what `GET /status` says.
 */

export const PAGE_HEALTH: string = `
'use strict';
const whole = new Intl.NumberFormat('en');
const total = (numbers) => numbers.reduce((sum, n) => sum + n, 0);
const plural = (n, word) => whole.format(n) + ' ' + word + (n === 1 ? '' : 's');

/** How long ago, in words. */
function age(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 100) return seconds + ' s ago';
  if (seconds < 6000) return Math.round(seconds / 60) + ' min ago';
  return seconds < 172800 ? Math.round(seconds / 3600) + ' h ago' : Math.round(seconds / 86400) + ' days ago';
}

/** What is balanced. */
const unit = (mode) => mode === 'tcp' ? 'connection' : 'request';

/** An operator meant it: no reason to worry. */
const isMeant = ({ state }) => state === 'drain' || state === 'maintenance';
const isReady = ({ state }) => state === 'ready';

/** What is wrong, the worst first, and how bad it is. */
function verdict({ services, discovery, ending }) {
  const red = [];
  const amber = [];
  for (const { name, mode, backends, queued } of services) {
    const lost = backends.filter((b) => !isReady(b) && !isMeant(b));
    if (backends.length === 0) red.push(name + ': no backend is known yet');
    else if (backends.length === 1 && !isReady(backends[0])) red.push(name + ': its only backend is ' + backends[0].state);
    else if (!backends.some(isReady)) red.push(name + ': none of ' + plural(backends.length, 'backend') + ' is ready');
    else if (lost.length > 0) {
      const states = [...new Set(lost.map((b) => b.state))].join(' or ');
      amber.push(name + ': ' + lost.length + ' of ' + plural(backends.length, 'backend') + ' ' + (lost.length === 1 ? 'is ' : 'are ') + states);
    }
    const requests = total(backends.map((b) => total(b.lastMinute.requests)));
    const failed = total(backends.map((b) => total(b.lastMinute.failures)));
    if (failed > 0) amber.push(name + ': ' + whole.format(failed) + ' of ' + plural(requests, 'attempt') + ' of the last minute failed');
    if (queued > 0) amber.push(name + ': ' + plural(queued, unit(mode)) + ' waiting for a backend');
  }
  for (const { url, result } of discovery) {
    if (result !== 'ok' && result !== 'pending') amber.push('discovery by ' + url + ' fails');
  }
  if (ending) amber.push('it is about to end');
  const level = red.length > 0 ? 'red' : amber.length > 0 ? 'amber' : 'good';
  const [first] = [...red, ...amber];
  const text = level === 'good' ? 'All is well: every backend that should be ready is.' : [...red, ...amber].join('; ') + '.';
  return { level, text, title: first === undefined ? 'evenkeel' : '(!) ' + first + ' – evenkeel' };
}

/** Strategy, levels and backups of a service, in words. */
function aboutService({ mode, strategy, backends }) {
  const parts = mode === 'tcp' ? ['tcp', strategy] : [strategy];
  const levels = [...new Set(backends.map((b) => b.priority))].sort((a, b) => a - b);
  if (levels.length > 1) {
    parts.push(...levels.map((level) => {
      const members = backends.filter((b) => b.priority === level);
      return 'level ' + level + ': ' + members.filter(isReady).length + ' of ' + members.length + ' ready';
    }));
  } else parts.push(backends.filter(isReady).length + ' of ' + backends.length + ' ready');
  const backups = backends.filter((b) => b.backup).length;
  if (backups > 0) parts.push(plural(backups, 'backup'));
  return parts.join(' · ');
}
`;
