/** How the status page looks: two themes, and a narrow form in which each backend is a card that begins with its state. */

export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --line: #d9dee5; --soft: #5c6773; --card: #fff; --page: #f5f7f9;
  --ink: #18212b; --good: #0f6f50; --bad: #b3261e; --wait: #8a5a00; --off: #5c6773; --bar: #3b82f6;
  --bad-page: #fdecea; --wait-page: #fff4dc; }
@media (prefers-color-scheme: dark) { :root { --line: #2b3541; --soft: #98a6b5; --card: #171e26;
  --page: #0f141a; --ink: #e8edf2; --good: #3fcf9b; --bad: #ff8f87; --wait: #e3b341; --off: #98a6b5;
  --bar: #60a5fa; --bad-page: #3a1714; --wait-page: #332606; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; max-width: 80rem; padding: 1.25rem 1rem 3rem; background: var(--page);
  color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: .25rem 1rem; }
h1 { font-size: 1.4rem; margin: 0; letter-spacing: -.01em; }
h2 { font-size: 1.05rem; margin: 1.5rem 0 .1rem; }
.about { color: var(--soft); margin: 0 0 .5rem; } #listening { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
#health { margin: .9rem 0; padding: .6rem .9rem; border-radius: 10px; border: 1px solid var(--line);
  background: var(--card); font-weight: 600; }
#health.good { color: var(--good); }
#health.amber { color: var(--wait); background: var(--wait-page); border-color: currentColor; }
#health.red { color: var(--bad); background: var(--bad-page); border-color: currentColor; }
#problem:empty { display: none; }
#problem { color: var(--bad); margin: .5rem 0; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .6rem; margin: .9rem 0; }
dl div, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
dl div { padding: .55rem .9rem; }
dt { color: var(--soft); font-size: .8rem; }
dd { margin: 0; font-size: 1.4rem; font-variant-numeric: tabular-nums; }
form, .tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; margin: .9rem 0; }
input, button, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft);
  border-radius: 6px; padding: .3rem .6rem; max-width: 100%; }
button { cursor: pointer; padding: .15rem .6rem; font-size: .85rem; }
.card { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; min-width: 68rem; table-layout: fixed;
  font-variant-numeric: tabular-nums; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .45rem .7rem; text-align: right; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-size: .8rem; font-weight: 500; }
th:nth-child(-n+3), td:nth-child(-n+3), .actions { text-align: left; }
tbody th { font-weight: 600; white-space: normal; overflow-wrap: anywhere; min-width: 11rem; }
tbody th small { display: block; color: var(--soft); font-weight: 400; }
tbody th small.error { color: var(--bad); }
.state { font-weight: 600; white-space: nowrap; }
.state::before { content: ''; display: inline-block; width: .6em; height: .6em; border-radius: 50%;
  margin-right: .5em; background: currentColor; }
.ready { color: var(--good); } .down, .ejected { color: var(--bad); }
.checking { color: var(--wait); } .drain, .maintenance { color: var(--off); }
td small { display: block; color: var(--soft); }
svg { width: 78px; height: 22px; vertical-align: middle; margin-right: .5rem; }
svg .all { fill: var(--bar); } svg .failed { fill: var(--bad); }
.failing { color: var(--bad); font-weight: 600; }
.actions button { margin-right: .3rem; }
thead th:nth-child(1) { width: 9rem; } thead th:nth-child(3) { width: 10rem; } thead th:nth-child(n+4) { width: 6rem; }
thead th:last-child { width: 13.5rem; }
ol { list-style: none; margin: 0; padding: .4rem .9rem; max-height: 18rem; overflow: auto; }
li { padding: .2rem 0; } time { color: var(--soft); margin-right: .7em; font-variant-numeric: tabular-nums; }
:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
.stale dd, .stale table, .stale td, .stale th, .stale small, .stale .state, .stale .about { color: var(--soft); }
.stale tbody th small.error, .stale td .failing { color: var(--soft); }
.stale svg { filter: grayscale(1); }
@media (max-width: 44rem) {
  #content { display: flex; flex-direction: column; }
  .tools { order: -2; } #services { order: -1; }
  .tools label { display: flex; gap: .4rem; align-items: baseline; min-width: 0; } .tools input { width: 6.5rem; }
  h2 { margin-top: .8rem; }
  table { min-width: 0; display: block; }
  tbody { display: block; }
  td[data-label]::before { content: attr(data-label) ' '; color: var(--soft); font-size: .8rem; }
  thead { position: absolute; clip-path: inset(50%); height: 1px; width: 1px; overflow: hidden; }
  tbody tr { display: grid; grid-template-columns: 7.2rem 1fr; padding: .5rem .2rem; border-top:
  1px solid var(--line); }
  tbody tr:first-child { border-top: 0; }
  tbody th, tbody td { border: 0; padding: .1rem .7rem; text-align: left; min-width: 0; }
  .wide { display: none; }
  .actions { grid-column: 2; padding-top: .3rem; }
  dl { grid-template-columns: 1fr 1fr; }
  dl div:first-child { grid-column: span 2; }
}
`;
