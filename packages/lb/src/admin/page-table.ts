/**
 * The status page's tables, as text of its script: one per service, a row per backend. Rows are kept and filled anew, so
 * that a button keeps its focus while figures change. All text is set as text content, never as markup.
 */

export const PAGE_TABLE: string = String.raw`
const at = (id) => document.getElementById(id);
const short = (ms) => ms === null ? '–' : ms < 10 ? ms.toFixed(1) : whole.format(Math.round(ms));
const columns = (inFlight, time) => [['State'], ['Backend'], ['Last minute'], ['Failed'], [inFlight],
  [time + 'p50 ms', 'wide'], [time + 'p99 ms', 'wide'], ['Weight', 'wide'], ['Actions', 'actions']];
/** In mode tcp a request is a connection, and its latency that of the dial. */
const COLUMNS = { http: columns('In flight', ''), tcp: columns('Open', 'Dial ') };
/** What an operator can make of a backend, by what it is. */
const ACTIONS = { drain: ['ready', 'maintenance'], maintenance: ['ready', 'drain'] };
const LABELS = { ready: 'Ready', drain: 'Drain', maintenance: 'Maintenance' };
const ORDERS = {
  state: (a, b) => rank(a) - rank(b) || byId(a, b),
  id: (a, b) => byId(a, b),
  requests: (a, b) => total(b.lastMinute.requests) - total(a.lastMinute.requests) || byId(a, b),
  failures: (a, b) => total(b.lastMinute.failures) - total(a.lastMinute.failures) || byId(a, b),
  p99: (a, b) => (b.latencyMs.p99 ?? -1) - (a.latencyMs.p99 ?? -1) || byId(a, b),
};
const RANKS = ['down', 'ejected', 'checking', 'maintenance', 'drain', 'ready'];
const rank = (backend) => RANKS.indexOf(backend.state);
const byId = (a, b) => a.priority - b.priority || a.id.localeCompare(b.id, 'en', { numeric: true });
/** More rows than this are not read, and filling them again each second would cost a core. */
const ROWS_MAX = 200;
const tables = new Map();

function make(name, text, className) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

function newTable({ name, mode }) {
  const section = make('section');
  const about = make('p', '', 'about');
  const table = make('table');
  const head = make('tr');
  for (const [text, className] of COLUMNS[mode]) {
    const cell = make('th', text, className);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = make('tbody');
  table.append(make('caption', 'Backends of ' + name), make('thead'), body);
  table.tHead.append(head);
  const card = make('div', undefined, 'card');
  card.append(table);
  section.append(make('h2', name), about, card);
  return { section, about, body, mode, rows: new Map() };
}

function newRow(mode) {
  const line = make('tr');
  const state = make('td');
  const name = make('th');
  name.scope = 'row';
  const cells = COLUMNS.http.slice(2).map(([, className]) => make('td', undefined, className));
  cells[1].dataset.label = 'Failed';
  cells[2].dataset.label = COLUMNS[mode][4][0];
  line.append(state, name, ...cells);
  return { line, state, name, cells, actions: '' };
}

/** Bars of requests, and in front of them of failures; the figures beside it say the same. */
function sparkline({ requests, failures }) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 78 22');
  svg.setAttribute('aria-hidden', 'true');
  const most = Math.max(1, ...requests);
  const bar = (value, i, className) => {
    const height = Math.min(22, Math.max(1, Math.round(22 * value / most)));
    const rect = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    const place = { x: 6 * (i + 13 - requests.length), y: 22 - height, width: 5, height, class: className };
    for (const [key, given] of Object.entries(place)) rect.setAttribute(key, given);
    svg.append(rect);
  };
  requests.forEach((value, i) => {
    bar(value, i, 'all');
    if (failures[i] > 0) bar(failures[i], i, 'failed');
  });
  return svg;
}

function fill(row, backend, nowMs) {
  const { id, url, state, backup, priority, lastError, lastErrorAt, lastMinute, latencyMs } = backend;
  const since = make('small', age(nowMs - Date.parse(backend.since)));
  row.state.replaceChildren(make('span', state, 'state ' + state), since);
  const about = [id === url.replace(/^\w+:\/\//, '') ? '' : url, backup ? 'backup' : '', priority > 0 ? 'level ' + priority : ''];
  row.name.replaceChildren(id, make('small', about.filter((text) => text !== '').join(' · ')));
  if (lastError) row.name.append(make('small', lastError + ', ' + age(nowMs - Date.parse(lastErrorAt)), 'error'));
  const [minute, failed, ...figures] = row.cells;
  minute.replaceChildren(sparkline(lastMinute), whole.format(total(lastMinute.requests)));
  const failures = total(lastMinute.failures);
  failed.replaceChildren(make('span', whole.format(failures), failures > 0 ? 'failing' : ''));
  const texts = [whole.format(backend.inFlight), short(latencyMs.p50), short(latencyMs.p99),
    whole.format(backend.weight)];
  texts.forEach((text, i) => { figures[i].textContent = text; });
  fillActions(row, backend);
}

function fillActions(row, { id, state }) {
  const wanted = ACTIONS[state] ?? ['drain', 'maintenance'];
  if (row.actions === wanted.join()) return;
  row.actions = wanted.join();
  row.cells.at(-1).replaceChildren(...wanted.map((next) => {
    const button = make('button', LABELS[next]);
    button.type = 'button';
    button.setAttribute('aria-label', LABELS[next] + ': ' + id);
    button.addEventListener('click', () => setState(id, next));
    return button;
  }));
}

function matches(backend, service, words) {
  const text = [service, backend.id, backend.url, backend.state, backend.backup ? 'backup' : ''].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function showServices(services, nowMs) {
  const words = at('filter').value.toLowerCase().split(/\s+/).filter((word) => word !== '');
  for (const [name, { section, mode }] of tables) {
    if (services.some((service) => service.name === name && service.mode === mode)) continue;
    section.remove();
    tables.delete(name);
  }
  for (const service of services) {
    let table = tables.get(service.name);
    if (table === undefined) {
      table = newTable(service);
      tables.set(service.name, table);
      at('services').append(table.section);
    }
    const found = service.backends.filter((b) => matches(b, service.name, words));
    const shown = found.sort(ORDERS[at('sort').value]).slice(0, ROWS_MAX);
    const more = found.length - shown.length;
    table.about.textContent = aboutService(service) + (more > 0 ? ' · ' + whole.format(more) + ' more: filter for them' : '');
    table.section.hidden = shown.length === 0 && words.length > 0;
    showRows(table, shown, nowMs);
  }
}

function showRows({ body, rows, mode }, backends, nowMs) {
  const ids = new Set(backends.map((b) => b.id));
  for (const [id, { line }] of rows) {
    if (ids.has(id)) continue;
    line.remove();
    rows.delete(id);
  }
  for (const backend of backends) {
    if (!rows.has(backend.id)) rows.set(backend.id, newRow(mode));
    fill(rows.get(backend.id), backend, nowMs);
  }
  const lines = backends.map((b) => rows.get(b.id).line);
  // A row that is moved loses its focus; the user who works on one wants to keep it.
  const isBusy = body.contains(document.activeElement) && lines.every((line) => line.parentNode === body);
  if (!isBusy && lines.some((line, i) => body.children[i] !== line)) body.replaceChildren(...lines);
}
`;
