/**
 * The main program of a backend process. It is driven over the IPC channel by the supervisor that
 * forked it, and ends when that channel does: however the supervisor died, nothing stays behind.
 */

import { flushCompileCache } from 'node:module';
import { liveClock } from '../clock.ts';
import {
  type Command,
  type CommandMessage,
  type Figures,
  NO_FIGURES,
  type Reply,
} from '../messages.ts';
import { createBackend } from './server.ts';
import type { Site } from './site.ts';

/** How often figures are sent unasked, so that those of a killed process are not all lost. */
const FIGURES_EVERY_MS = 200;

let site: Site | undefined;
let lastSent: Figures = NO_FIGURES;

process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();
// Ctrl-C reaches the whole process group; when to stop is the supervisor's to say.
process.on('SIGINT', () => {});

process.on('message', async ({ seq, command }: CommandMessage) => {
  try {
    await obey(command);
    reply({ seq, figures: figures() });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    reply({ seq, figures: figures(), error: code === undefined ? { message } : { message, code } });
  }
});

async function obey(command: Command): Promise<void> {
  if (command.do === 'listen') {
    site = createBackend(command.config, liveClock);
    for (const fault of command.faults) site.faults.set(fault);
    await openDoor(site);
    flushCompileCache(); // by default at the exit, which a SIGKILL leaves out
    setInterval(sendFigures, FIGURES_EVERY_MS);
  } else if (site !== undefined) await change(site, command);
}

async function change(backend: Site, command: Exclude<Command, { do: 'listen' }>): Promise<void> {
  switch (command.do) {
    case 'set':
      backend.faults.set(command.fault);
      if (command.fault.kind === 'refuse') await openDoor(backend);
      break;
    case 'clear':
      backend.faults.clear(command.kind);
      if (command.kind === 'refuse') await openDoor(backend);
      break;
    case 'drain':
      await backend.door.leave();
      await backend.tally.idle();
      break;
    case 'reset':
      backend.tally.reset();
      break;
    case 'figures':
      break; // every reply brings them
  }
}

/** Opens the door as far as the faults allow. */
function openDoor({ door, faults }: Site): Promise<void> {
  return door.refuse(faults.get('refuse')?.rate ?? 0);
}

function figures(): Figures {
  return site?.tally.snapshot() ?? NO_FIGURES;
}

function sendFigures(): void {
  const now = figures();
  if (now.requests === lastSent.requests && now.inFlight === lastSent.inFlight) return;
  lastSent = now;
  reply({ seq: 0, figures: now });
}

function reply(message: Reply): void {
  // The channel may close while we write: then `disconnect` ends us.
  process.send?.(message, undefined, undefined, () => {});
}
