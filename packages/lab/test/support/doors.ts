/** Every way out that a browser has, as code that tries them all; and a server that counts what arrives. */

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens for TCP and UDP on one port, and remembers what has come. */
export class Listener implements AsyncDisposable {
  /**
   * Paths of requests; `tcp` for a connection and `udp` for a packet, whatever it holds. A connection that brings no byte
   * does not count: for a frame the browser opens one before it asks the policy, which forbids the frame.
   */
  readonly arrivals: Set<string> = new Set();
  readonly port: number;
  readonly #server: Server;
  readonly #socket: Socket;

  private constructor(server: Server, socket: Socket) {
    this.#server = server;
    this.#socket = socket;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(): Promise<Listener> {
    const server = createServer((request, response) => {
      listener.arrivals.add(request.url ?? '');
      const headers = { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' };
      response.writeHead(200, headers).end();
    });
    const socket = createSocket('udp4');
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const listener = new Listener(server, socket);
    await once(socket.bind(listener.port, '127.0.0.1'), 'listening');
    server.on('connection', (connection) =>
      connection.once('data', () => listener.arrivals.add('tcp')),
    );
    server.on('upgrade', (request, upgraded) => {
      listener.arrivals.add(request.url ?? '');
      upgraded.destroy();
    });
    socket.on('message', () => listener.arrivals.add('udp'));
    return listener;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Doors, each an expression with `url`, the address to reach. Those that need no answer to be told apart come first. */
const DOORS: Readonly<Record<string, string>> = {
  fetch: `fetch(url)`,
  keepalive: `fetch(url, { method: 'POST', body: 'secret', mode: 'no-cors', keepalive: true })`,
  xhr: `new Promise((done) => {
    const request = new XMLHttpRequest();
    request.onloadend = done;
    request.open('GET', url);
    request.send();
  })`,
  socket: `new Promise((done) => {
    const socket = new WebSocket(url.replace('http', 'ws'));
    socket.onopen = socket.onerror = done;
  })`,
  events: `new Promise((done) => {
    const source = new EventSource(url);
    source.onopen = source.onerror = () => done(source.close());
  })`,
  importScripts: `importScripts(url)`,
  import: `import(url)`,
  importInside: `import('data:text/javascript,import(' + JSON.stringify(url) + ')')`,
  cache: `caches.open('lab').then((cache) => cache.add(url))`,
  nested: `new Promise((done) => {
    const code = 'fetch(' + JSON.stringify(url) + ').catch(() => 0).then(() => postMessage(0))';
    const worker = new Worker(URL.createObjectURL(new Blob([code])));
    worker.onmessage = worker.onerror = done;
  })`,
  nestedFile: `new Promise((done) => {
    const worker = new Worker(url);
    worker.onmessage = worker.onerror = done;
    setTimeout(done, 1000);
  })`,
  font: `new FontFace('lab', 'url(' + JSON.stringify(url) + ')').load()`,
  socketStream: `new WebSocketStream(url.replace('http', 'ws')).opened`,
  transport: `new WebTransport(url.replace('http', 'https')).ready`,
  beacon: `navigator.sendBeacon(url, 'secret')`,
  serviceWorker: `navigator.serviceWorker.register(url)`,
  sharedWorker: `new SharedWorker(url)`,
  rtc: `new Promise((done) => {
    const { port } = new URL(url);
    const iceServers = ['udp', 'tcp'].map((transport) => ({
      urls: 'turn:127.0.0.1:' + port + '?transport=' + transport, username: 'a', credential: 'b',
    }));
    const peer = new RTCPeerConnection({ iceServers });
    peer.createDataChannel('secret');
    peer.onicecandidate = ({ candidate }) => candidate ?? done(peer.close());
    peer.createOffer().then((offer) => peer.setLocalDescription(offer)).catch(done);
    setTimeout(done, 3000);
  })`,
};

/** An element that asks for `url`. It stays: how long it takes to ask depends on the machine. */
const element = (html: string): string => `new Promise((done) => {
    const place = document.createElement('div');
    place.innerHTML = ${JSON.stringify(html)}.replaceAll('URL', url);
    document.body.append(place);
    setTimeout(done, 500);
  })`;

/** As `DOORS`, of a page alone. */
const PAGE_DOORS: Readonly<Record<string, string>> = {
  image: `new Promise((done) => {
    const image = new Image();
    image.onload = image.onerror = done;
    image.src = url;
  })`,
  script: `new Promise((done) => {
    const script = document.createElement('script');
    script.onload = script.onerror = done;
    script.src = url;
    document.head.append(script);
  })`,
  background: element('<p style="background-image: url(URL)">a</p>'),
  cssImport: element('<style>@import url(URL);</style>'),
  cssFont: element(
    '<style>@font-face { font-family: out; src: url(URL) }</style><p style="font-family: out">a</p>',
  ),
  stylesheet: element('<link rel="stylesheet" href="URL">'),
  prefetch: element('<link rel="prefetch" href="URL">'),
  preload: element('<link rel="preload" as="fetch" crossorigin href="URL">'),
  modulePreload: element('<link rel="modulepreload" href="URL">'),
  manifest: element('<link rel="manifest" href="URL">'),
  frame: element('<iframe src="URL"></iframe>'),
  object: element('<object data="URL"></object>'),
  embed: element('<embed src="URL">'),
  video: element('<video src="URL" preload="auto"></video>'),
  track: element('<video><track default src="URL"></video>'),
  svg: element('<svg><image href="URL" width="9" height="9"/></svg>'),
  form: `new Promise((done) => {
    const frame = document.createElement('iframe');
    frame.name = 'out';
    const form = Object.assign(document.createElement('form'), { action: url, target: 'out', method: 'post' });
    document.body.append(frame, form);
    form.submit();
    setTimeout(done, 500);
  })`,
  paint: `CSS.paintWorklet.addModule(url)`,
  audio: `new OfflineAudioContext(1, 1, 44100).audioWorklet.addModule(url)`,
};

/** Doors that lead somewhere from a plain page's worker: what a test must see arrive before it may trust that nothing does. */
export const OPEN_IN_WORKER: readonly string[] = [
  ...['fetch', 'keepalive', 'xhr', 'socket', 'events', 'importScripts', 'import', 'nested'],
];

/** The same, of a plain page. */
export const OPEN_IN_PAGE: readonly string[] = [
  ...['fetch', 'keepalive', 'xhr', 'socket', 'events', 'import', 'nested', 'nestedFile', 'font'],
  ...[
    'beacon',
    'sharedWorker',
    'image',
    'script',
    'background',
    'cssImport',
    'cssFont',
    'stylesheet',
  ],
  ...['prefetch', 'preload', 'frame', 'object', 'embed', 'video', 'svg', 'form'],
];

function tries(doors: Readonly<Record<string, string>>, port: number): string {
  const all = Object.entries(doors).map(
    ([name, code]) =>
      `(async () => { const url = 'http://127.0.0.1:${port}/${name}'; await ${code}; })()`,
  );
  return `Promise.allSettled([${all.join(',\n')}])`;
}

/** A promise, as an expression, that is kept when all doors that a worker may have were tried. */
export function tryDoors(port: number): string {
  return tries(DOORS, port);
}

/** As `tryDoors`, with those of a page. */
export function tryDoorsOfPage(port: number): string {
  return tries({ ...DOORS, ...PAGE_DOORS }, port);
}
