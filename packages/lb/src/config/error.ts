/**
 * What is wrong with the configuration, in lines fit for a user: which field, what was expected, and
 * what stood there. Nothing in it is meant for a debugger, so it is shown without a stack.
 */

/** A configuration that cannot be used; the message is about the first thing that is wrong. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Everything that is wrong, one line each. */
  readonly problems: readonly string[];

  constructor(...problems: readonly [string, ...string[]]) {
    super(problems[0]);
    this.problems = problems;
  }

  /** The first problem, and how many there are besides. */
  get summary(): string {
    const more = this.problems.length - 1;
    return more === 0 ? this.message : `${this.message} (and ${more} more: see evenkeel check)`;
  }
}

/** A change that would be right by itself, but not beside what there is already. */
export class ConflictError extends ConfigError {}

/** What is to be changed is not there. */
export class NotFoundError extends ConfigError {}
