/**
 * The main program of a backend process. It is driven over the IPC channel by the supervisor that
 * forked it, and ends when that channel does: however the supervisor died, nothing stays behind.
 */

import { flushCompileCache } from 'node:module';
import { liveClock } from '../clock.ts';
import {
  type BackendStats,
  type Command,
  type CommandMessage,
  NO_STATS,
  type Reply,
} from '../messages.ts';
import type { BackendContext } from './backend-context.ts';
import { createBackend } from './server.ts';

/** How often figures are sent unasked, so that those of a killed process are not all lost. */
const STATS_EVERY_MS = 200;

let backend: BackendContext | undefined;
let lastSent: BackendStats = NO_STATS;

process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();
// Ctrl-C reaches the whole process group; when to stop is the supervisor's to say.
process.on('SIGINT', () => {});

/** Commands are carried out one after another: a reply says that those before it are in force too. */
let last: Promise<void> = Promise.resolve();

process.on('message', async ({ seq, command }: CommandMessage) => {
  try {
    const done = last.then(() => obey(command));
    // A drain takes as long as its requests, and holds nothing up.
    if (command.do !== 'drain') last = done.catch(() => {});
    await done;
    reply({ seq, stats: stats() });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    reply({ seq, stats: stats(), error: code === undefined ? { message } : { message, code } });
  }
});

async function obey(command: Command): Promise<void> {
  if (command.do === 'listen') {
    backend = createBackend(command.config, liveClock);
    for (const fault of command.faults) backend.faults.begin(fault);
    await listen(backend);
    flushCompileCache(); // by default at the exit, which a SIGKILL leaves out
    setInterval(sendStats, STATS_EVERY_MS);
  } else if (backend !== undefined) await change(backend, command);
}

async function change(
  context: BackendContext,
  command: Exclude<Command, { do: 'listen' }>,
): Promise<void> {
  switch (command.do) {
    case 'begin':
      context.faults.begin(command.fault);
      if (command.fault.fault.kind === 'refuse') await listen(context);
      break;
    case 'end':
      context.faults.end(command.kind, command.index);
      if (command.kind === 'refuse') await listen(context);
      break;
    case 'drain':
      await context.listener.leave();
      await context.stats.idle();
      break;
    case 'reset':
      context.stats.reset();
      break;
    case 'stats':
      break; // every reply brings them
  }
}

/** Listens as far as the faults allow. */
function listen({ listener, faults }: BackendContext): Promise<void> {
  return listener.refuse(faults.refuseRate);
}

function stats(): BackendStats {
  return backend?.stats.snapshot() ?? NO_STATS;
}

function sendStats(): void {
  const now = stats();
  if (now.requests === lastSent.requests && now.inFlight === lastSent.inFlight) return;
  lastSent = now;
  reply({ seq: 0, stats: now });
}

function reply(message: Reply): void {
  // The channel may close while we write: then `disconnect` ends us.
  process.send?.(message, undefined, undefined, () => {});
}
