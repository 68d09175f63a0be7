/**
 * A mistake of the user's: it is shown as one clear line, without a stack trace, and ends the command with exit code 2.
 */
export class UserError extends Error {
  override name = 'UserError';
}

/** The user has ended the command with Ctrl-C or a signal; it ends with exit code 130. */
export class Interrupted extends UserError {
  override name = 'Interrupted';
}
