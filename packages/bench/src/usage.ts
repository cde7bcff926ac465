/** What the user got wrong, in one line; ends the command with exit code 2. */

/** `message` names the field, its value and what was expected; it is printed as it is. */
export class UsageError extends Error {
  override name = 'UsageError';
}
