/**
 * The status page: one self-contained document without any data in it. Its script fetches what it
 * shows from the admin API, once a second, and asks for the token where one is needed. Colours
 * never stand alone: each state is also a word.
 */

import { PAGE_HEALTH } from './page-health.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { PAGE_STYLE } from './page-style.ts';
import { PAGE_TABLE } from './page-table.ts';

/** The whole document. */
export const STATUS_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>evenkeel</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>evenkeel</h1><p id="listening"></p></header>
<main>
<p id="health" role="status">Connecting …</p>
<p id="problem" role="alert"></p>
<form id="login" hidden>
<label>Admin token <input id="token" type="password" autocomplete="current-password" required></label>
<button>Show</button>
</form>
<div id="content" hidden>
<dl>
<div><dt>Backends ready</dt><dd id="ready">–</dd></div>
<div><dt id="rate-title">Requests per second</dt><dd id="rate">–</dd></div>
<div><dt>Failed, last minute</dt><dd id="failures">–</dd></div>
<div><dt>In flight</dt><dd id="in-flight">–</dd></div>
<div><dt>Waiting</dt><dd id="queued">–</dd></div>
</dl>
<div class="tools">
<label>Filter <input id="filter" type="search" autocomplete="off"></label>
<label>Sort <select id="sort"><option value="state">not ready first</option><option value="id">by name</option>
<option value="requests">most requests first</option><option value="failures">most failures first</option>
<option value="p99">slowest first</option></select></label>
</div>
<div id="services"></div>
<section id="discovery" hidden><h2 id="sources-title">Discovery</h2>
<div class="card"><ol id="sources" aria-labelledby="sources-title"></ol></div></section>
<h2 id="events-title">Events</h2>
<div class="card"><ol id="events" aria-labelledby="events-title" tabindex="0"></ol></div>
</div>
</main>
<script>${PAGE_HEALTH}${PAGE_TABLE}${PAGE_SCRIPT}</script>
</body>
</html>
`;
