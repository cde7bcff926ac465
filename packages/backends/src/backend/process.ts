/**
 * The main program of a backend process. It is driven over the IPC channel by the supervisor that
 * forked it, and ends when that channel does: however the supervisor died, nothing stays behind.
 */

import type { BackendConfig, CommandMessage, Figures, Reply } from '../messages.ts';
import { NO_FIGURES } from '../messages.ts';
import { type Backend, createBackend } from './server.ts';

/** How often figures are sent unasked, so that those of a killed process are not all lost. */
const FIGURES_EVERY_MS = 200;

let backend: Backend | undefined;
let lastSent: Figures = NO_FIGURES;

process.on('disconnect', () => process.exit());
if (!process.connected) process.exit();
// Ctrl-C reaches the whole process group; when to stop is the supervisor's to say.
process.on('SIGINT', () => {});

process.on('message', async ({ seq, command }: CommandMessage) => {
  try {
    if (command.do === 'listen') await start(command.config, command.faults);
    else if (command.do === 'faults') await backend?.setFaults(command.faults);
    else if (command.do === 'reset') backend?.resetFigures();
    else if (command.do === 'drain') await backend?.drain();
    reply({ seq, figures: figures() });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    reply({ seq, figures: figures(), error: code === undefined ? { message } : { message, code } });
  }
});

async function start(config: BackendConfig, faults: Parameters<Backend['setFaults']>[0]) {
  backend = createBackend(config);
  backend.setFaults(faults);
  await backend.listen();
  setInterval(sendFigures, FIGURES_EVERY_MS);
}

function figures(): Figures {
  return backend?.figures() ?? NO_FIGURES;
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
