/** Tells when a file was saved: looked at a few times a second, which works on every platform and every editor. */

import { statSync } from 'node:fs';

const POLL_MS = 250;

/** What a later look is compared with. */
export function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.mtimeMs}/${stat.size}`;
    })
    .join(' ');
}

/** Resolves once the files are no longer what `before` says, or with `false` when `stop` fires. */
export function changed(
  files: readonly string[],
  before: string,
  stop: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (stampOf(files) !== before) end(true);
    }, POLL_MS);
    const aborted = (): void => end(false);
    function end(value: boolean): void {
      clearInterval(timer);
      stop.removeEventListener('abort', aborted);
      resolve(value);
    }
    stop.addEventListener('abort', aborted);
    if (stop.aborted) end(false);
  });
}
