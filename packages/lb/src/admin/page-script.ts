/**
 * The status page's script, as text: it runs in the operator's browser. Everything that came from
 * outside is set as text content, never as markup.
 */

export const PAGE_SCRIPT: string = String.raw`
'use strict';
const POLL_MS = 1000;
const EVENTS_SHOWN = 100;
const at = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat('en');
const short = (ms) => ms === null ? '–' : ms < 10 ? ms.toFixed(1) : whole.format(Math.round(ms));
let token = sessionStorage.getItem('token') ?? '';
let before = new Map();
let beforeMs = 0;
let reader;

function fetched(path, options) {
  const headers = token === '' ? {} : { authorization: 'Bearer ' + token };
  return fetch(path, { headers, ...options });
}

function cell(name, text, className) {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

function row(backend, rate, fastest) {
  const line = document.createElement('tr');
  const head = cell('th', backend.id);
  head.scope = 'row';
  if (backend.id !== backend.url.slice(7)) head.append(cell('small', backend.url));
  const state = cell('td', '');
  state.append(cell('span', backend.state, 'state ' + backend.state));
  state.title = 'since ' + new Date(backend.since).toLocaleString();
  const speed = cell('td', whole.format(Math.round(rate)), 'rate');
  const bar = document.createElement('i');
  bar.style.width = (fastest > 0 ? 100 * rate / fastest : 0) + '%';
  speed.append(bar);
  const last = cell('td', backend.lastError ?? '', 'text');
  last.title = backend.lastError ?? '';
  const { p50, p99 } = backend.latencyMs;
  const figures = [whole.format(backend.inFlight), short(p50), short(p99),
    ...[backend.requests, backend.failures, backend.retries, backend.weight].map(whole.format)];
  line.append(head, state, speed, ...figures.map((text) => cell('td', text)), last);
  return line;
}

function show(backends, nowMs) {
  const seconds = (nowMs - beforeMs) / 1000;
  const rateOf = (b) => before.has(b.id) ? Math.max(0, b.requests - before.get(b.id)) / seconds : 0;
  const rates = backends.map(rateOf);
  const sum = (field) => backends.reduce((total, b) => total + b[field], 0);
  const fastest = Math.max(...rates, 0);
  at('backends').replaceChildren(...backends.map((b, i) => row(b, rates[i], fastest)));
  at('rate').textContent = whole.format(Math.round(rates.reduce((a, b) => a + b, 0)));
  for (const [id, field] of [['in-flight', 'inFlight'], ['failures', 'failures'], ['retries', 'retries']]) {
    at(id).textContent = whole.format(sum(field));
  }
  const ready = backends.filter((b) => b.state === 'ready').length;
  at('ready').textContent = ready + ' of ' + backends.length;
  before = new Map(backends.map((b) => [b.id, b.requests]));
  beforeMs = nowMs;
}

function showSources(sources) {
  at('discovery').hidden = sources.length === 0;
  at('sources').replaceChildren(...sources.map(({ url, result, detail, backends, lastGood }) => {
    const line = document.createElement('li');
    const className = 'state ' + (result === 'ok' ? 'ready' : result === 'pending' ? 'checking' : 'down');
    const since = lastGood === null ? 'never a good answer' : 'good at ' + new Date(lastGood).toLocaleTimeString();
    line.append(cell('span', result, className), ' ' + url + ' (' + backends + ' backends, ' + since + ') ' + detail);
    return line;
  }));
}

function say(text) {
  // Only a change is announced by screen readers.
  if (at('status').textContent !== text) at('status').textContent = text;
}

async function poll() {
  try {
    const answer = await fetched('/backends');
    at('login').hidden = answer.status !== 401;
    if (answer.ok) {
      show(await answer.json(), performance.now());
      showSources(await (await fetched('/discovery')).json());
      say((await fetched('/readyz')).ok ? 'ready' : 'not ready');
      if (reader === undefined) followEvents();
    } else say(answer.status === 401 ? 'a token is needed' : 'not available');
  } catch {
    say('no connection');
  }
  setTimeout(poll, POLL_MS);
}

/** Not an EventSource: that cannot send a token. */
async function followEvents() {
  reader = 'starting';
  try {
    const answer = await fetched('/events');
    reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    at('events').replaceChildren();
    let rest = '';
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (rest + part.value).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block);
        if (data) addEvent(JSON.parse(data[1]));
      }
    }
  } catch {
    // The next successful poll starts anew.
  }
  reader = undefined;
}

function addEvent(event) {
  const time = cell('time', new Date(event.epochMs).toLocaleTimeString());
  const change = event.type === 'state' ? event.from + ' → ' + event.to : event.type;
  const line = document.createElement('li');
  line.append(time, [event.endpoint ?? event.service ?? '', change, '(' + event.reason + ')'].join(' '));
  at('events').prepend(line);
  if (at('events').children.length > EVENTS_SHOWN) at('events').lastChild.remove();
}

at('login').addEventListener('submit', (event) => {
  event.preventDefault();
  token = at('token').value;
  sessionStorage.setItem('token', token);
});
poll();
`;
