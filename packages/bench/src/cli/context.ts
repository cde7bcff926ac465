/** What every command of the command line is given. */
export interface CommandContext {
  /** As typed, without the command's name. */
  readonly args: readonly string[];
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal | undefined;
  setExit(code: number): void;
}
