#!/usr/bin/env node
/** The program `evenkeel`. */

import { runCli } from './cli.ts';

// Explicitly, whatever may still be open: the end has been waited for already.
process.exit(await runCli({ args: process.argv.slice(2), environment: process.env }));
