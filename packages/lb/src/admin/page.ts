/**
 * The status page: one self-contained document without any data in it. Its script fetches what it
 * shows from the admin API, once a second, and asks for the token where one is needed. Colours
 * never stand alone: each state is also a word.
 */

import { PAGE_SCRIPT } from './page-script.ts';

const STYLE = `
:root { color-scheme: light dark; --line: #d9dee5; --soft: #5c6773; --card: #fff; --page: #f5f7f9;
  --ink: #18212b; --good: #12805c; --bad: #c2352b; --wait: #9a6700; --off: #5c6773; --bar: #3b82f6; }
@media (prefers-color-scheme: dark) { :root { --line: #2b3541; --soft: #98a6b5; --card: #171e26;
  --page: #0f141a; --ink: #e8edf2; --good: #3fcf9b; --bad: #ff7b72; --wait: #e3b341; --off: #98a6b5;
  --bar: #60a5fa; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 3rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; }
h1 { font-size: 1.4rem; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
#status { color: var(--soft); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
dl div, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
dl div { padding: .7rem .9rem; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-size: 1.45rem; font-variant-numeric: tabular-nums; }
.card { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .5rem .8rem; text-align: right; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-size: .8rem; font-weight: 500; }
th:first-child, th:nth-child(2), td:nth-child(2), th:nth-child(3), td:nth-child(3), .text { text-align: left; }
tbody th { font-weight: 600; }
tbody th small { display: block; color: var(--soft); font-weight: 400; }
.state { font-weight: 600; }
.state::before { content: ''; display: inline-block; width: .6em; height: .6em; border-radius: 50%;
  margin-right: .5em; background: currentColor; }
.ready { color: var(--good); } .down, .ejected { color: var(--bad); }
.checking { color: var(--wait); } .drain, .maintenance { color: var(--off); }
.rate { min-width: 9rem; }
.rate i { display: block; height: 4px; border-radius: 2px; background: var(--bar); min-width: 1px; }
.text { max-width: 16rem; overflow: hidden; text-overflow: ellipsis; color: var(--soft); }
ol { list-style: none; margin: 0; padding: .4rem .9rem; max-height: 18rem; overflow: auto; }
li { padding: .2rem 0; } time { color: var(--soft); margin-right: .7em; font-variant-numeric: tabular-nums; }
form { margin: 1rem 0; } input, button { font: inherit; padding: .35rem .6rem; }
:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
`;

/** The whole document. */
export const STATUS_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>evenkeel</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>evenkeel</h1><span id="status" role="status">connecting …</span></header>
<main>
<form id="login" hidden>
<label>Admin token <input id="token" type="password" autocomplete="current-password" required></label>
<button>Show</button>
</form>
<dl>
<div><dt>Requests per second</dt><dd id="rate">–</dd></div>
<div><dt>In flight</dt><dd id="in-flight">–</dd></div>
<div><dt>Backends ready</dt><dd id="ready">–</dd></div>
<div><dt>Failed attempts</dt><dd id="failures">–</dd></div>
<div><dt>Retries</dt><dd id="retries">–</dd></div>
</dl>
<div class="card"><table>
<caption>Backends</caption>
<thead><tr><th scope="col">Backend</th><th scope="col">State</th><th scope="col">Requests per second</th>
<th scope="col">In flight</th><th scope="col">p50 ms</th><th scope="col">p99 ms</th>
<th scope="col">Requests</th><th scope="col">Failures</th><th scope="col">Retries</th>
<th scope="col">Weight</th><th scope="col" class="text">Last error</th></tr></thead>
<tbody id="backends"></tbody>
</table></div>
<section id="discovery" hidden><h2 id="sources-title">Discovery</h2>
<div class="card"><ol id="sources" aria-labelledby="sources-title"></ol></div></section>
<h2 id="events-title">Events</h2>
<div class="card"><ol id="events" aria-labelledby="events-title" tabindex="0"></ol></div>
</main>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
