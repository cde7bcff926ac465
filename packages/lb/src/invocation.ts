/** What the program is given by whatever starts it. */

/** Where text for users goes. */
export interface Streams {
  readonly stdout: Output;
  readonly stderr: Output;
}

interface Output {
  readonly isTTY?: boolean;
  /** @param done called when it has been written, with the error if it has not */
  write(text: string, done?: (error?: Error | null) => void): unknown;
}

export interface Invocation extends Streams {
  /** Without the program's own name. */
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}
