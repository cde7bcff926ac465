#!/usr/bin/env node
/** The program `evenkeel`. */

import { runCli } from './cli.ts';

// Explicitly, whatever may still be open: the end has been waited for already.
const { argv, env, stdout, stderr } = process;
process.exit(await runCli({ args: argv.slice(2), environment: env, stdout, stderr }));
