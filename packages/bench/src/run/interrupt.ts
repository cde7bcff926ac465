/** Ctrl-C: what is running is given up, what was measured is kept. */

/** Ends a run that was interrupted; the code that collects runs catches it. */
export class InterruptedError extends Error {
  override name = 'InterruptedError';

  constructor() {
    super('interrupted');
  }
}

/** Gives back what `work` comes to, or undefined where it was interrupted. */
export async function unlessInterrupted<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InterruptedError) return undefined;
    throw error;
  }
}
