#!/usr/bin/env node
/** The program `evenkeel`. */

import { runCli } from './cli.ts';

const { argv, env, stdout, stderr } = process;
// Whoever read our output may leave (EPIPE): no reason to drop the requests of others.
stdout.on('error', () => {});
stderr.on('error', () => {});
// Explicitly, whatever may still be open: the end has been waited for already.
process.exit(await runCli({ args: argv.slice(2), environment: env, stdout, stderr }));
