/**
 * The status page's script, as text: it runs in the operator's browser. It asks for the state of everything once a
 * second, follows the events, and says so when no answer comes.
 */

export const PAGE_SCRIPT: string = String.raw`
const POLL_MS = 1000;
/** A balancer that does not answer in this time does not answer. */
const ANSWER_MS = 5000;
const EVENTS_SHOWN = 100;
let token = sessionStorage.getItem('token') ?? '';
let shown;
let shownMs = 0;
let reader;

function fetched(path, options) {
  const headers = token === '' ? {} : { authorization: 'Bearer ' + token };
  return fetch(path, { headers, ...options });
}

function say({ level, text, title }) {
  // Only a change is announced by screen readers.
  if (at('health').textContent !== text) at('health').textContent = text;
  at('health').className = level;
  document.title = title;
}

function show(status) {
  shown = status;
  const nowMs = Date.now();
  const backends = status.services.flatMap((service) => service.backends);
  const slices = Math.max(1, ...backends.map((b) => b.lastMinute.requests.length));
  const requests = total(backends.map((b) => total(b.lastMinute.requests)));
  const perSecond = requests / (slices * status.sliceMs / 1000);
  const figures = {
    ready: backends.filter(isReady).length + ' of ' + backends.length,
    rate: perSecond < 10 ? perSecond.toFixed(1) : whole.format(Math.round(perSecond)),
    failures: whole.format(total(backends.map((b) => total(b.lastMinute.failures)))),
    'in-flight': whole.format(total(backends.map((b) => b.inFlight))),
    queued: whole.format(total(status.services.map((service) => service.queued))),
  };
  for (const [id, text] of Object.entries(figures)) at(id).textContent = text;
  const modes = new Set(status.services.map(({ mode }) => mode));
  at('rate-title').textContent = modes.size > 1 ? 'Requests, connections /s'
    : modes.has('tcp') ? 'Connections per second' : 'Requests per second';
  at('listening').textContent = status.listening.join(' ');
  showServices(status.services, nowMs);
  showSources(status.discovery);
  at('content').hidden = false;
  say(verdict(status));
}

function showSources(sources) {
  at('discovery').hidden = sources.length === 0;
  at('sources').replaceChildren(...sources.map(({ url, result, detail, backends, lastGood }) => {
    const line = make('li');
    const className = 'state ' + (result === 'ok' ? 'ready' : result === 'pending' ? 'checking' : 'down');
    const since = lastGood === null ? 'never a good answer' : 'good at ' + new Date(lastGood).toLocaleTimeString();
    line.append(make('span', result, className), ' ' + url + ' (' + backends + ' backends, ' + since + ') ' + detail);
    return line;
  }));
}

/** No answer: what is shown is old, and looks it. */
function showSilence(why) {
  document.body.classList.add('stale');
  const old = shown === undefined ? '' : '; the figures are of ' + age(performance.now() - shownMs);
  say({ level: 'red', text: 'No answer from the balancer' + why + old + '.', title: '(!) no answer – evenkeel' });
}

async function poll() {
  try {
    const answer = await fetched('/status', { signal: AbortSignal.timeout(ANSWER_MS) });
    at('login').hidden = answer.status !== 401;
    if (answer.ok) {
      const status = await answer.json();
      shownMs = performance.now();
      document.body.classList.remove('stale');
      show(status);
      if (reader === undefined) followEvents();
    } else if (answer.status === 401) {
      say({ level: '', text: 'A token is needed.', title: 'evenkeel' });
    } else showSilence(': ' + answer.status);
  } catch {
    showSilence('');
  }
  setTimeout(poll, POLL_MS);
}

/** Changes what a backend may be given; never by GET, so that no link can do it. */
async function setState(id, state) {
  const service = shown.services.find(({ backends }) => backends.some((b) => b.id === id));
  const others = service.backends.filter((b) => b.id !== id && isReady(b));
  const question = 'No other backend of ' + service.name + ' is ready. Take ' + id + ' out all the same?';
  if (state !== 'ready' && others.length === 0 && !confirm(question)) return;
  at('problem').textContent = '';
  try {
    const answer = await fetched('/backends/' + encodeURIComponent(id), { method: 'PATCH', body: JSON.stringify({ state }) });
    if (!answer.ok) at('problem').textContent = id + ': ' + (await answer.json()).error;
  } catch {
    at('problem').textContent = id + ': no answer; it is not known whether anything has changed';
  }
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

function addEvent({ type, endpoint, service, from, to, reason, epochMs }) {
  const date = new Date(epochMs);
  const isToday = date.toDateString() === new Date().toDateString();
  const change = type === 'state' ? from + ' → ' + to : type;
  const line = make('li');
  line.append(make('time', isToday ? date.toLocaleTimeString() : date.toLocaleString()));
  line.append([endpoint ?? service, change, '(' + reason + ')'].filter((text) => text !== undefined).join(' '));
  at('events').prepend(line);
  if (at('events').children.length > EVENTS_SHOWN) at('events').lastChild.remove();
}

at('login').addEventListener('submit', (event) => {
  event.preventDefault();
  token = at('token').value;
  sessionStorage.setItem('token', token);
});
for (const id of ['filter', 'sort']) {
  at(id).addEventListener('input', () => { if (shown !== undefined) showServices(shown.services, Date.now()); });
}
poll();
`;
