/** Opens an address in the user's browser, if there is a way; says nothing if there is none. */

import { spawn } from 'node:child_process';

const COMMANDS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  linux: ['xdg-open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** Does not wait, and never fails. */
export function openBrowser(url: string): void {
  const [command, ...args] = COMMANDS[process.platform] ?? [];
  if (command === undefined) return;
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
}
