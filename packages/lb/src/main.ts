#!/usr/bin/env node
/** The program `evenkeel`. */

import { close, url } from 'node:inspector';
import { setImmediate as nextTurn } from 'node:timers/promises';

const { argv, env, execArgv, stdout, stderr } = process;
// Before anything else is loaded, so that a rotation during the start neither opens Node's debugger
// (SIGUSR1) nor ends the program (SIGUSR2). `serve` adds what SIGUSR1 does. The flag --disable-sigusr1
// is no help: it blocks the signal, listeners or not.
process.on('SIGUSR1', () => {});
process.on('SIGUSR2', () => {});
// The reader of our output may leave (EPIPE): no reason to drop the requests of others.
stdout.on('error', () => {});
stderr.on('error', () => {});
const { runCli } = await import('./cli.ts');
// A signal that came before our listener has opened the debugger. Node asks for that twice, the second
// time in the event loop, which must have turned before closing is of use.
await nextTurn();
if (url() !== undefined && !execArgv.some((flag) => flag.startsWith('--inspect'))) close();
// Explicitly, whatever may still be open: the end has been waited for already.
process.exit(await runCli({ args: argv.slice(2), environment: env, stdout, stderr }));
